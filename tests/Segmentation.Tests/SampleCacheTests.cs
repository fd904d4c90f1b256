using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

public sealed class SampleCacheTests
{
    [Fact]
    public async Task Samples_keep_their_order_and_get_the_square_size()
    {
        var cache = await SyntheticSplit.BuildAsync(70, 32);

        cache.Samples.Select(s => s.Key).ShouldBe(Enumerable.Range(0, 70).Select(i => $"s{i:000}"));
        cache.Samples.ShouldAllBe(s => s.Image.Width == 32 && s.Image.Height == 32 && s.Mask.Width == 32 && s.Mask.Height == 32);
        cache.Samples[5].Mask.Pixels.Distinct().Order().ShouldBeSubsetOf(new byte[] { 0, 1, 2, 255 });
    }

    [Fact]
    public async Task An_image_that_does_not_decode_is_named()
    {
        var failure = await Should.ThrowAsync<ImageFormatException>(() => BuildAsync(s => s with { Jpeg = [1, 2, 3] }, classes: 3));

        failure.Message.ShouldContain("sample s002");
    }

    [Fact]
    public async Task A_mask_with_a_class_that_is_not_there_is_named_with_the_cure()
    {
        var failure = await Should.ThrowAsync<InvalidDataException>(() => BuildAsync(s => s, classes: 2));

        failure.Message.ShouldContain("holds class 2");
        failure.Message.ShouldContain("Prepare the dataset again");
    }

    [Fact]
    public async Task Cancelling_stops_the_decoding()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => SampleCache.BuildAsync(SyntheticSplit.Samples(5, 1), 32, 3, null, stop.Token));
    }

    [Theory]
    [InlineData(7, 0, 7, 0)]
    [InlineData(3, 2, 3, 2)]
    [InlineData(0, 100, 0, 7)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(-1, 3, 0, 3)]
    public async Task Limits_hold_and_samples_beyond_them_are_the_same(int memory, int file, int inMemory, int inFile)
    {
        const int Side = 32;
        const int SampleBytes = 4 * Side * Side;
        using var whole = await SyntheticSplit.BuildAsync(7, Side);
        // A byte less than one more would need.
        var limits = new SampleCacheLimits { MemoryBytes = (memory + 1) * SampleBytes - 1, FileBytes = (file + 1) * SampleBytes - 1 };

        using var cache = await SampleCache.BuildAsync(SyntheticSplit.Samples(7, 1), Side, 3, decoded: null, TestContext.Current.CancellationToken, limits);

        (cache.MemoryBytes, cache.FileBytes, cache.Undecoded).ShouldBe((inMemory * SampleBytes, inFile * SampleBytes, 7 - inMemory - inFile));
        var beside = limits.Beside(cache);
        (beside.MemoryBytes, beside.FileBytes).ShouldBe((limits.MemoryBytes - cache.MemoryBytes, limits.FileBytes - cache.FileBytes));
        for (var i = 6; i >= 0; i--)
        {
            cache.KeyOf(i).ShouldBe(whole.KeyOf(i));
            cache.Samples[i].Key.ShouldBe(whole.Samples[i].Key);
            cache.Samples[i].Image.Pixels.ShouldBe(whole.Samples[i].Image.Pixels);
            cache.Samples[i].Mask.Pixels.ShouldBe(whole.Samples[i].Mask.Pixels);
        }
    }

    [Fact]
    public async Task The_file_leaves_nothing_behind_and_a_folder_that_is_not_there_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("maskwright-cache-");
        var limits = new SampleCacheLimits { MemoryBytes = 0, Folder = folder.FullName };
        using (await SampleCache.BuildAsync(SyntheticSplit.Samples(3, 1), 32, 3, null, TestContext.Current.CancellationToken, limits))
        {
            folder.EnumerateFileSystemInfos().ShouldBeEmpty();
        }

        folder.Delete();
        (await Should.ThrowAsync<IOException>(() => SampleCache.BuildAsync(SyntheticSplit.Samples(3, 1), 32, 3, null, TestContext.Current.CancellationToken, limits)))
            .Message.ShouldContain(folder.FullName);
    }

    private static Task<SampleCache> BuildAsync(Func<EncodedSample, EncodedSample> damage, int classes) => SampleCache.BuildAsync(
        SyntheticSplit.Samples(40, 1).Select(s => s.Key == "s002" ? damage(s) : s), 32, classes, decoded: null, TestContext.Current.CancellationToken);
}
