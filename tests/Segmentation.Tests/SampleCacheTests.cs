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

    private static Task<SampleCache> BuildAsync(Func<EncodedSample, EncodedSample> damage, int classes) => SampleCache.BuildAsync(
        SyntheticSplit.Samples(40, 1).Select(s => s.Key == "s002" ? damage(s) : s), 32, classes, decoded: null, TestContext.Current.CancellationToken);
}
