using Maskwright.Testing;

namespace Maskwright.Artifacts.Tests;

/// <summary>Uploads against the real store, cut into parts of 5 MiB (the least S3 takes) so that few megabytes make many parts.</summary>
public sealed class UploadTests(StoreServer server) : IClassFixture<StoreServer>
{
    private const int MiB = 1024 * 1024;
    private const string Binary = "application/octet-stream";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((5 * MiB) - 1)]
    [InlineData(5 * MiB)]
    [InlineData((5 * MiB) + 1)]
    [InlineData(15 * MiB)]
    [InlineData((31 * MiB) + 7)]
    public async Task Any_size_comes_back_whole_and_is_named_by_the_digest_of_its_bytes(int length)
    {
        using var storage = await OpenAsync(new UploadLimits { PartBytes = 5 * MiB, Parallel = 3 });
        var body = Bytes(length);
        var entry = await storage.PutAsync($"size/{length}", new Drip(body), length, Binary, Ct);
        entry.ShouldBe(new ArtifactEntry($"size/{length}", length, Digest.OfBytes(body)));
        (await storage.GetAsync(entry.Key, Ct)).AsSpan().SequenceEqual(body).ShouldBeTrue();
        (await storage.PutAsync(entry.Key, body, Binary, Ct)).ShouldBe(entry);
        (await UploadsAsync(storage)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5 * MiB, 1)]
    [InlineData((5 * MiB) + 1, 2)]
    [InlineData(22 * MiB, 4)]
    [InlineData((41 * MiB) + 7, 6)]
    public async Task A_file_of_any_size_comes_back_whole_and_is_named_by_the_digest_of_its_bytes(int length, int parts)
    {
        using var storage = await OpenAsync(new UploadLimits { PartBytes = 5 * MiB, ParallelOfFile = 4, MaxFilePartBytes = 7 * MiB });
        using var file = new TemporaryFile(Bytes(length));
        var entry = await storage.PutFileAsync("file", file.Path, Binary, Ct);
        entry.ShouldBe(new ArtifactEntry("file", length, Digest.OfBytes(file.Bytes)));
        (await storage.GetAsync("file", Ct)).AsSpan().SequenceEqual(file.Bytes).ShouldBeTrue();
        (await storage.StatAsync("file", Ct)).ShouldNotBeNull().ETag.EndsWith($"-{parts}", StringComparison.Ordinal).ShouldBe(parts > 1);
        (await UploadsAsync(storage)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_is_cut_or_written_to_meanwhile_fails_the_upload_and_leaves_nothing_behind()
    {
        using var storage = await OpenAsync(new UploadLimits { PartBytes = 5 * MiB });
        using var http = StorageTransport.CreateClient();
        var upload = new ObjectUpload(new ObjectRequests(http, new UrlSigner(storage.Options, TimeProvider.System)), storage.Limits);
        using var file = new TemporaryFile(Bytes(21 * MiB));

        using (var written = new SourceFile(file.Path))
        {
            File.SetLastWriteTimeUtc(file.Path, DateTime.UnixEpoch);
            (await Should.ThrowAsync<IOException>(() => upload.PutAsync("broken", written, Binary, Ct))).Message.ShouldContain("changed while it was uploaded");
        }

        using (var cut = new SourceFile(file.Path))
        {
            // A tool that knows nothing of .NET's locks.
            using (var truncate = System.Diagnostics.Process.Start("truncate", ["-s", $"{12 * MiB}", file.Path]))
                await truncate.WaitForExitAsync(Ct);
            (await Should.ThrowAsync<EndOfStreamException>(() => upload.PutAsync("broken", cut, Binary, Ct))).Message.ShouldContain($"no longer the {21 * MiB} bytes");
        }

        (await storage.StatAsync("broken", Ct)).ShouldBeNull();
        (await UploadsAsync(storage)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancelled_upload_of_a_file_leaves_nothing_behind()
    {
        using var storage = await OpenAsync(new UploadLimits { PartBytes = 5 * MiB });
        using var file = new TemporaryFile(Bytes(21 * MiB));
        using var source = new SourceFile(file.Path);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var http = new HttpClient(new CancelAtSecondPart(cancel));
        var upload = new ObjectUpload(new ObjectRequests(http, new UrlSigner(storage.Options, TimeProvider.System)), storage.Limits);
        await Should.ThrowAsync<OperationCanceledException>(() => upload.PutAsync("cancelled", source, Binary, cancel.Token));
        (await storage.StatAsync("cancelled", Ct)).ShouldBeNull();
        (await UploadsAsync(storage)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Parts_that_are_too_large_to_be_held_pass_through_one_after_the_other()
    {
        // Four parts at most: 21 MiB take parts of 6 MiB, which are above the 5 MiB that are held.
        using var storage = await OpenAsync(new UploadLimits { PartBytes = 5 * MiB, MaxParts = 4 });
        var body = Bytes((21 * MiB) + 1);
        var entry = await storage.PutAsync("huge", new Drip(body), body.Length, Binary, Ct);
        entry.Sha256.ShouldBe(Digest.OfBytes(body));
        (await storage.StatAsync("huge", Ct)).ShouldNotBeNull().ETag.ShouldEndWith("-4");
        Digest.OfBytes(await storage.GetAsync("huge", Ct)).ShouldBe(entry.Sha256);
    }

    [Theory]
    [InlineData(1L, 6 * MiB)]
    [InlineData(10_000L * 6 * MiB, 6 * MiB)]
    [InlineData((10_000L * 6 * MiB) + 1, 7 * MiB)]
    [InlineData(5L << 40, 525 * MiB)] // the largest object of S3
    public void Parts_grow_only_where_there_would_be_more_than_S3_takes(long length, int partBytes) =>
        new UploadLimits().PartBytesFor(length).ShouldBe(partBytes);

    [Theory]
    [InlineData(2 * MiB, 20 * MiB)]
    [InlineData(12 * MiB, 20 * MiB)]
    public async Task A_source_that_breaks_fails_the_upload_and_leaves_nothing_behind(int good, int length)
    {
        using var storage = await OpenAsync(new UploadLimits { PartBytes = 5 * MiB, Parallel = 2 });
        var source = new Drip(Bytes(good), () => throw new IOException("the disk broke"));
        (await Should.ThrowAsync<IOException>(() => storage.PutAsync("broken", source, length, Binary, Ct))).Message.ShouldBe("the disk broke");
        (await storage.StatAsync("broken", Ct)).ShouldBeNull();
        (await UploadsAsync(storage)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancelled_upload_ends_as_cancelled_and_leaves_nothing_behind()
    {
        using var storage = await OpenAsync(new UploadLimits { PartBytes = 5 * MiB, Parallel = 2 });
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var source = new Drip(Bytes(12 * MiB), cancel.Cancel);
        await Should.ThrowAsync<OperationCanceledException>(() => storage.PutAsync("cancelled", source, 20 * MiB, Binary, cancel.Token));
        (await storage.StatAsync("cancelled", Ct)).ShouldBeNull();
        (await UploadsAsync(storage)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_large_put_if_absent_is_one_whole_or_none()
    {
        using var storage = await OpenAsync(new UploadLimits());
        var body = Bytes(20 * MiB);
        (await storage.PutIfAbsentAsync("once", new Drip(body), body.Length, Binary, Ct)).ShouldBeTrue();
        (await storage.PutIfAbsentAsync("once", Bytes(6 * MiB), Binary, Ct)).ShouldBeFalse();
        (await storage.PutIfAbsentAsync("once", new Drip(body), body.Length, Binary, Ct)).ShouldBeFalse();
        Digest.OfBytes(await storage.GetAsync("once", Ct)).ShouldBe(Digest.OfBytes(body));

        await Should.ThrowAsync<EndOfStreamException>(() => storage.PutIfAbsentAsync("short", new Drip(Bytes(MiB)), 2 * MiB, Binary, Ct));
        (await storage.StatAsync("short", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Unfinished_uploads_are_listed_beyond_a_page_and_can_be_thrown_away()
    {
        using var storage = await server.OpenAsync("unfinished");
        using var http = new HttpClient();
        var requests = new ObjectRequests(http, new UrlSigner(storage.Options, TimeProvider.System));
        var keys = Enumerable.Range(0, 1_003).Select(i => $"p/{i:0000} +ü").ToArray();
        await Parallel.ForEachAsync(keys.Append("q/other"), Ct, async (key, ct) => await MultipartUpload.BeginAsync(requests, key, Binary, ct));

        var uploads = await storage.ListUploadsAsync("p/", Ct).ToListAsync(Ct);
        uploads.Select(upload => upload.Key).ShouldBe(keys);
        uploads[0].Initiated.ShouldBeInRange(TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(5));
        foreach (var upload in uploads)
            await storage.AbortUploadAsync(upload, Ct);
        await storage.AbortUploadAsync(uploads[0], Ct);
        (await storage.ListUploadsAsync("", Ct).ToListAsync(Ct)).ShouldHaveSingleItem().Key.ShouldBe("q/other");
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i += 4)
            BitConverter.TryWriteBytes(bytes.AsSpan(i), unchecked(i * 2_654_435_761u));
        return bytes;
    }

    private static async Task<List<UnfinishedUpload>> UploadsAsync(ObjectStorage storage) => await storage.ListUploadsAsync("", Ct).ToListAsync(Ct);

    private async Task<ObjectStorage> OpenAsync(UploadLimits limits)
    {
        var storage = new ObjectStorage(server.Options with { Bucket = $"u{Guid.NewGuid():n}" }) { Limits = limits };
        await storage.EnsureBucketAsync(Ct);
        return storage;
    }

    private sealed class TemporaryFile : IDisposable
    {
        internal TemporaryFile(byte[] bytes)
        {
            Bytes = bytes;
            File.WriteAllBytes(Path, bytes);
        }

        internal byte[] Bytes { get; }

        internal string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }

    private sealed class CancelAtSecondPart(CancellationTokenSource cancel) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Query.Contains("partNumber=2", StringComparison.Ordinal))
                cancel.Cancel();
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Gives its bytes in odd pieces, can't seek, and does something when they have run out.</summary>
    private sealed class Drip(byte[] bytes, Action? atEnd = null) : MemoryStream(bytes, writable: false)
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Position == Length)
                atEnd?.Invoke();
            cancellationToken.ThrowIfCancellationRequested();
            return new(Read(buffer.Span[..Math.Min(buffer.Length, 99_991)]));
        }
    }
}
