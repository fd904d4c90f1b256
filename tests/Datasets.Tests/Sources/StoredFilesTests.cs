using Maskwright.Artifacts;

namespace Maskwright.Datasets.Tests;

/// <summary>Objects of a real store, changed behind the back of a source that was listed.</summary>
public sealed class StoredFilesTests(StorageFixture fixture)
{
    private const string Type = "application/octet-stream";

    private readonly string _prefix = $"stored/{Guid.NewGuid():n}/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ObjectStorage Storage => fixture.Storage;

    [Fact]
    public async Task Objects_below_the_prefix_are_listed_by_folder_and_read_whole_and_as_streams()
    {
        await PutAsync("a.jpg", [1, 2, 3]);
        await PutAsync("images/b.jpg", []);
        await PutAsync("images/deep/c.jpg", [4]);
        // Begins the same, and lies beside it.
        await Storage.PutAsync($"{_prefix.TrimEnd('/')}-other/d.jpg", new byte[] { 5 }, Type, Cancellation);
        await using var files = await OpenAsync();

        files.Name.ShouldBe($"s3://{Storage.Options.Bucket}/{_prefix.TrimEnd('/')}");
        files.FilesIn("").ShouldBe(["a.jpg"]);
        files.FoldersIn("").ShouldBe(["images"]);
        files.FilesIn("images").ShouldBe(["b.jpg"]);
        files.FoldersIn("images").ShouldBe(["deep"]);
        files.Length("a.jpg").ShouldBe(3);
        using (var bytes = await files.ReadAsync("a.jpg", Cancellation))
            bytes.Span.ToArray().ShouldBe([1, 2, 3]);
        using (var none = await files.ReadAsync("images/b.jpg", Cancellation))
            none.Span.Length.ShouldBe(0);
        await using var stream = await files.OpenAsync("images/deep/c.jpg", Cancellation);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancellation);
        copy.ToArray().ShouldBe([4]);
    }

    [Fact]
    public async Task A_prefix_without_objects_is_named() =>
        (await Should.ThrowAsync<DatasetException>(OpenAsync)).Message.ShouldContain($"There are no objects below s3://{Storage.Options.Bucket}/{_prefix}");

    [Fact]
    public async Task What_was_not_listed_is_not_read_whatever_it_is_called()
    {
        await PutAsync("a.jpg", [1]);
        await using var files = await OpenAsync();
        await PutAsync("later.jpg", [1]);
        foreach (var name in (string[])["later.jpg", "../a.jpg", ""])
        {
            files.Contains(name).ShouldBeFalse();
            files.Length(name).ShouldBe(0);
            (await RefusedAsync(files, name)).ShouldContain("there is no such object");
            (await Should.ThrowAsync<ImageProblemException>(() => files.OpenAsync(name, Cancellation))).Message.ShouldContain("there is no such object");
        }
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3, 4 }, "the object is longer than it was; leave the source alone")]
    [InlineData(new byte[] { 1, 2 }, "the object is shorter than it was; leave the source alone")]
    [InlineData(new byte[0], "the object is shorter than it was; leave the source alone")]
    [InlineData(null, "the object is gone since the source was listed; put it back")]
    public async Task An_object_that_was_changed_since_is_refused(byte[]? content, string problem)
    {
        await PutAsync("a.jpg", [1, 2, 3]);
        await using var files = await OpenAsync();
        if (content is null)
            await Storage.DeleteAsync(_prefix + "a.jpg", Cancellation);
        else
            await PutAsync("a.jpg", content);
        (await RefusedAsync(files, "a.jpg")).ShouldContain(problem);
    }

    [Fact]
    public async Task An_object_that_no_shard_holds_is_refused_before_room_is_made_for_it()
    {
        await PutAsync("large.jpg", new byte[ShardReader.MaxFileBytes + 1]);
        await using var files = await OpenAsync();
        (await RefusedAsync(files, "large.jpg")).ShouldContain("the object has 67108865 bytes, at most 67108864 are taken");
    }

    private Task<ArtifactEntry> PutAsync(string name, byte[] content) => Storage.PutAsync(_prefix + name, content, Type, Cancellation);

    private Task<StoredFiles> OpenAsync() => StoredFiles.OpenAsync(Storage, _prefix, Cancellation);

    private static async Task<string> RefusedAsync(StoredFiles files, string name) =>
        (await Should.ThrowAsync<ImageProblemException>(() => files.ReadAsync(name, Cancellation))).Message;
}
