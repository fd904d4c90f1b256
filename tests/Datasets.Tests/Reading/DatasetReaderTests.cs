using Maskwright.Artifacts;

namespace Maskwright.Datasets.Tests;

public sealed class DatasetReaderTests(StorageFixture fixture) : PreparationTest(fixture)
{
    [Fact]
    public async Task The_manifest_reads_back_as_it_was_committed()
    {
        var manifest = await PrepareTinyAsync();
        var reader = await DatasetReader.OpenAsync(Storage, Id, Cancellation);
        reader.Manifest.Digest.ShouldBe(manifest.Digest);
        reader.Manifest.Source.ShouldBe(manifest.Source);
        reader.Manifest.CreatedAt.ShouldBe(manifest.CreatedAt);
        reader.Manifest.Options.Classes.ShouldBe(PreparationOptions.DefaultClasses);
        reader.Manifest.Splits["train"].Shards.ShouldBe(manifest.Splits["train"].Shards);
    }

    [Fact]
    public async Task Samples_come_in_the_same_order_each_time()
    {
        await PrepareTinyAsync();
        var first = await ReadAllAsync();
        (await ReadAllAsync()).Select(sample => sample.Key).ShouldBe(first.Select(sample => sample.Key));
    }

    [Fact]
    public async Task A_dataset_that_is_not_there_is_named()
    {
        var error = await Should.ThrowAsync<DatasetException>(() => DatasetReader.OpenAsync(Storage, Id, Cancellation));
        error.Kind.ShouldBe(DatasetFailure.NotFound);
        error.Message.ShouldContain(Id);
    }

    [Fact]
    public async Task A_split_that_is_not_there_is_named_with_those_there_are()
    {
        await PrepareTinyAsync();
        var reader = await DatasetReader.OpenAsync(Storage, Id, Cancellation);
        var error = await Should.ThrowAsync<DatasetException>(() => CountAsync(reader, "validation"));
        error.Message.ShouldContain("no split 'validation'");
        error.Message.ShouldContain("train");
    }

    [Fact]
    public async Task A_damaged_shard_is_found_and_named()
    {
        var tar = (await PrepareTinyAsync()).Splits["train"].Shards[0].Tar;
        var bytes = await Storage.GetAsync(tar.Key, Cancellation);
        bytes[600] ^= 1; // within the first sample's JPEG: the tar header has 512 bytes
        await Storage.PutAsync(tar.Key, bytes, "application/x-tar", Cancellation);
        await ShouldNameAsync<ArtifactException>(tar.Key);
    }

    [Fact]
    public async Task A_shard_of_another_length_is_found_and_named()
    {
        var tar = (await PrepareTinyAsync()).Splits["train"].Shards[0].Tar;
        var bytes = await Storage.GetAsync(tar.Key, Cancellation);
        await Storage.PutAsync(tar.Key, bytes.AsMemory(0, bytes.Length - 512), "application/x-tar", Cancellation);
        await ShouldNameAsync<ArtifactException>(tar.Key);
    }

    [Fact]
    public async Task A_damaged_index_is_found_and_named()
    {
        var index = (await PrepareTinyAsync()).Splits["train"].Shards[0].Index;
        await Storage.PutAsync(index.Key, "{}"u8.ToArray(), "application/json", Cancellation);
        await ShouldNameAsync<ArtifactException>(index.Key);
    }

    [Fact]
    public async Task A_missing_shard_is_named()
    {
        var tar = (await PrepareTinyAsync()).Splits["train"].Shards[0].Tar;
        await Storage.DeleteAsync(tar.Key, Cancellation);
        await ShouldNameAsync<StorageException>(tar.Key);
    }

    [Fact]
    public async Task Damaged_statistics_are_found_and_named()
    {
        var statistics = (await PrepareTinyAsync()).Statistics;
        await Storage.PutAsync(statistics.Key, "{}"u8.ToArray(), "application/json", Cancellation);
        var reader = await DatasetReader.OpenAsync(Storage, Id, Cancellation);
        (await Should.ThrowAsync<ArtifactException>(() => reader.ReadStatisticsAsync(Cancellation))).Message.ShouldContain(statistics.Key);
    }

    private async Task<DatasetManifest> PrepareTinyAsync()
    {
        using var coco = CocoFolderBuilder.WithPeople(8);
        return await PrepareAsync(await coco.WriteAsync());
    }

    private async Task ShouldNameAsync<TException>(string key)
        where TException : Exception
    {
        var reader = await DatasetReader.OpenAsync(Storage, Id, Cancellation);
        (await Should.ThrowAsync<TException>(() => CountAsync(reader, "train"))).Message.ShouldContain(key);
    }

    private static async Task<int> CountAsync(DatasetReader reader, string split)
    {
        var count = 0;
        await foreach (var _ in reader.ReadSplitAsync(split, Cancellation))
            count++;
        return count;
    }
}
