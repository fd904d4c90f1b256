using Maskwright.Testing;

namespace Maskwright.Artifacts.Tests;

/// <summary>Large reads against the real store, in ranges of 1,000 bytes so that few of them make many.</summary>
public sealed class ReadAheadTests(StoreServer server) : IClassFixture<StoreServer>
{
    private const string Binary = "application/octet-stream";
    private const int RangeBytes = 1000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(RangeBytes - 1)]
    [InlineData(RangeBytes)]
    [InlineData(RangeBytes + 1)]
    [InlineData(2 * RangeBytes)]
    [InlineData((17 * RangeBytes) + 321)]
    public async Task Any_size_comes_back_whole_whatever_is_asked_for_at_once(int length)
    {
        using var storage = await OpenAsync();
        var body = Bytes(length);
        await storage.PutAsync("object", body, Binary, Ct);
        foreach (var most in new[] { 1, 333, RangeBytes, RangeBytes + 1, 1 << 20 })
        {
            await using var stream = await storage.OpenReadAsync("object", Ct);
            stream.Length.ShouldBe(length);
            var read = new byte[length];
            var position = 0;
            for (int count; (count = await stream.ReadAsync(new Memory<byte>(read, position, Math.Min(most, length - position)), Ct)) > 0; position += count)
                stream.Position.ShouldBe(position + count);
            position.ShouldBe(length);
            (await stream.ReadAsync(new byte[1], Ct)).ShouldBe(0);
            read.AsSpan().SequenceEqual(body).ShouldBeTrue();
        }

        using var whole = new MemoryStream();
        await storage.DownloadAsync("object", whole, Ct);
        whole.ToArray().AsSpan().SequenceEqual(body).ShouldBeTrue();
    }

    [Fact]
    public async Task An_object_that_is_replaced_meanwhile_is_never_mixed_with_the_new_one()
    {
        using var storage = await OpenAsync();
        await storage.PutAsync("object", Bytes(100 * RangeBytes), Binary, Ct);
        await using var stream = await storage.OpenReadAsync("object", Ct);
        await stream.ReadExactlyAsync(new byte[10], Ct);
        await storage.PutAsync("object", new byte[100 * RangeBytes], Binary, Ct);
        (await Should.ThrowAsync<StorageException>(async () => await stream.CopyToAsync(Stream.Null, Ct))).Message.ShouldContain("replaced while it was being read");
    }

    [Fact]
    public async Task An_object_that_is_deleted_meanwhile_is_told_of()
    {
        using var storage = await OpenAsync();
        await storage.PutAsync("object", Bytes(100 * RangeBytes), Binary, Ct);
        await using var stream = await storage.OpenReadAsync("object", Ct);
        await storage.DeleteAsync("object", Ct);
        (await Should.ThrowAsync<StorageException>(async () => await stream.CopyToAsync(Stream.Null, Ct))).Kind.ShouldBe(StorageFailure.NotFound);
    }

    [Fact]
    public async Task What_is_not_there_is_told_of_when_it_is_opened()
    {
        using var storage = await OpenAsync();
        (await Should.ThrowAsync<StorageException>(() => storage.OpenReadAsync("nothing", Ct))).Kind.ShouldBe(StorageFailure.NotFound);
    }

    [Fact]
    public async Task A_reader_may_leave_at_any_point()
    {
        using var storage = await OpenAsync();
        var body = Bytes(50 * RangeBytes);
        await storage.PutAsync("object", body, Binary, Ct);
        foreach (var count in new[] { 0, 1, RangeBytes, 3 * RangeBytes, (20 * RangeBytes) + 1 })
        {
            var stream = await storage.OpenReadAsync("object", Ct);
            var read = new byte[count];
            await stream.ReadExactlyAsync(read, Ct);
            await stream.DisposeAsync();
            await stream.DisposeAsync();
            read.AsSpan().SequenceEqual(body.AsSpan(0, count)).ShouldBeTrue();
        }
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private async Task<ObjectStorage> OpenAsync()
    {
        var storage = new ObjectStorage(server.Options with { Bucket = $"r{Guid.NewGuid():n}" }) { ReadAhead = new ReadAheadLimits { RangeBytes = RangeBytes, Parallel = 3 } };
        await storage.EnsureBucketAsync(Ct);
        return storage;
    }
}
