using Maskwright.Testing;

namespace Maskwright.Artifacts.Tests;

/// <summary>Objects that are sent while they are written, against the real store, in parts of 5 MiB (the least S3 takes).</summary>
public sealed class UploadStreamTests(StoreServer server) : IClassFixture<StoreServer>
{
    private const int MiB = 1024 * 1024;
    private const string Binary = "application/octet-stream";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, null)]
    [InlineData(5 * MiB, null)]
    [InlineData((5 * MiB) + 1, "-2")]
    [InlineData(15 * MiB, "-3")]
    [InlineData((31 * MiB) + 7, "-7")]
    public async Task What_was_written_comes_back_whole_in_as_few_parts_as_hold_it(int length, string? parts)
    {
        using var storage = await OpenAsync();
        var body = new byte[length];
        new Random(length).NextBytes(body);
        await using (var upload = storage.OpenWrite("grown", Binary))
        {
            // Pieces that fit no part.
            foreach (var piece in body.Chunk(999_983))
                await upload.WriteAsync(piece, Ct);
            upload.Length.ShouldBe(length);
            (await upload.CompleteAsync(Digest.OfBytes(body), Ct)).ShouldBe(new ArtifactEntry("grown", length, Digest.OfBytes(body)));
        }

        (await storage.GetAsync("grown", Ct)).AsSpan().SequenceEqual(body).ShouldBeTrue();
        var stored = (await storage.StatAsync("grown", Ct)).ShouldNotBeNull();
        (stored.ETag.Contains('-', StringComparison.Ordinal) ? stored.ETag[stored.ETag.IndexOf('-', StringComparison.Ordinal)..] : null).ShouldBe(parts);
        (await UploadsAsync(storage)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17 * MiB)]
    public async Task Disposed_of_before_it_was_completed_it_leaves_nothing(int length)
    {
        using var storage = await OpenAsync();
        await using (var upload = storage.OpenWrite("given-up", Binary))
            await upload.WriteAsync(new byte[length], Ct);
        (await storage.StatAsync("given-up", Ct)).ShouldBeNull();
        (await UploadsAsync(storage)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_completion_that_is_cancelled_leaves_nothing()
    {
        using var storage = await OpenAsync();
        await using (var upload = storage.OpenWrite("cancelled", Binary))
        {
            await upload.WriteAsync(new byte[12 * MiB], Ct);
            await Should.ThrowAsync<OperationCanceledException>(() => upload.CompleteAsync("", new CancellationToken(canceled: true)));
        }

        (await storage.StatAsync("cancelled", Ct)).ShouldBeNull();
        (await UploadsAsync(storage)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_storage_refuses_is_named_to_whoever_writes()
    {
        using var storage = new ObjectStorage(server.Options with { Bucket = "no-such-bucket" }) { Limits = new UploadLimits { PartBytes = 5 * MiB } };
        await using (var upload = storage.OpenWrite("small", Binary))
        {
            await upload.WriteAsync(new byte[1], Ct);
            (await Should.ThrowAsync<StorageException>(() => upload.CompleteAsync("", Ct))).Message.ShouldContain("no-such-bucket");
        }

        await using (var upload = storage.OpenWrite("large", Binary))
            (await Should.ThrowAsync<StorageException>(() => upload.WriteAsync(new byte[11 * MiB], Ct).AsTask())).Kind.ShouldBe(StorageFailure.NotFound);
    }

    private static async Task<List<UnfinishedUpload>> UploadsAsync(ObjectStorage storage) => await storage.ListUploadsAsync("", Ct).ToListAsync(Ct);

    private async Task<ObjectStorage> OpenAsync()
    {
        var storage = new ObjectStorage(server.Options with { Bucket = $"s{Guid.NewGuid():n}" }) { Limits = new UploadLimits { PartBytes = 5 * MiB, Parallel = 2 } };
        await storage.EnsureBucketAsync(Ct);
        return storage;
    }
}
