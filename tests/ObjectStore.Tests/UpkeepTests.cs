using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Maskwright.ObjectStore.Tests;

/// <summary>What is left behind by clients and crashes goes by itself.</summary>
public sealed class UpkeepTests : IDisposable
{
    private const int PartBytes = 5 * 1024 * 1024;
    private readonly TestFolder _root = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly DurableFolder _folder;
    private readonly PartFolders _parts;
    private readonly BucketStore _buckets;
    private readonly MultipartUploads _uploads;

    public UpkeepTests()
    {
        _folder = new DurableFolder(_root.Path, fsync: false);
        _parts = new PartFolders(_folder);
        var damaged = new DamagedFiles(NullLogger<DamagedFiles>.Instance);
        _buckets = new BucketStore(_folder, _parts, damaged, new Md5Lanes(), new ObjectStoreOptions(), _time);
        _uploads = new MultipartUploads(_folder, _parts, _buckets, damaged, _time);
        _buckets.Create("bucket");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_that_nothing_was_added_to_for_long_is_removed_and_others_stay()
    {
        var old = await BeginAsync("old");
        (await _uploads.AbortStaleAsync(_time.GetUtcNow().AddDays(-7), Ct)).ShouldBeEmpty();
        _time.Advance(TimeSpan.FromDays(8));
        var young = _uploads.Begin("bucket", "young", Headers);

        (await _uploads.AbortStaleAsync(_time.GetUtcNow().AddDays(-7), Ct)).Select(u => u.UploadId).ShouldBe([old.UploadId]);

        _uploads.List("bucket", "").Select(u => u.UploadId).ShouldBe([young.UploadId]);
        _parts.All().ShouldBe([young.UploadId]);
    }

    [Fact]
    public async Task Parts_go_with_the_object_that_refers_to_them_but_not_from_under_its_readers()
    {
        var upload = await BeginAsync("k");
        await CompleteAsync(upload);
        using (var reader = _buckets.Open("bucket", "k"))
        {
            await _buckets.DeleteAsync("bucket", "k", ObjectCondition.None, Ct);
            _parts.All().ShouldBe([upload.UploadId]);
            var buffer = new byte[10];
            reader.Read(buffer, PartBytes - 5).ShouldBe(5);
            reader.Read(buffer, PartBytes).ShouldBe(3);
            Encoding.ASCII.GetString(buffer, 0, 3).ShouldBe("end");
        }

        _parts.All().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_crash_between_the_object_and_the_end_of_its_upload_is_mended_at_the_next_start()
    {
        var upload = await BeginAsync("k");
        await CompleteAsync(upload);
        // As if the process had died before it took the mark away, and another while it began an upload.
        await File.WriteAllBytesAsync(Path.Combine(_folder.Uploads, upload.UploadId), [], Ct);
        await File.WriteAllBytesAsync(Path.Combine(_folder.Uploads, new string('0', 32)), [], Ct);

        _uploads.Recover();

        _uploads.List("bucket", "").ShouldBeEmpty();
        Directory.EnumerateFiles(_folder.Uploads).ShouldBeEmpty();
        _uploads.RemoveUnreferenced(Ct).ShouldBe(0);
        _buckets.TryRead("bucket", "k").ShouldNotBeNull().Size.ShouldBe(PartBytes + 3);
    }

    [Fact]
    public async Task Parts_that_a_crash_left_without_an_object_are_removed()
    {
        var lost = await BeginAsync("lost");
        File.Delete(Path.Combine(_folder.Uploads, lost.UploadId));
        var open = await BeginAsync("open");
        var kept = await BeginAsync("kept");
        await CompleteAsync(kept);

        _uploads.RemoveUnreferenced(Ct).ShouldBe(1);

        _parts.All().Order(StringComparer.Ordinal).ShouldBe(new[] { open.UploadId, kept.UploadId }.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Tags_set_on_an_object_in_parts_leave_its_parts_alone()
    {
        var upload = await BeginAsync("k");
        await CompleteAsync(upload);
        var record = _buckets.TryRead("bucket", "k")!;
        using var file = _buckets.Receive(length: null);
        (await _buckets.TryUpdateAsync("bucket", record, record with { Headers = Headers with { Tags = new Dictionary<string, string> { ["a"] = "1" } } }, file, Ct)).ShouldBeTrue();
        _parts.All().ShouldBe([upload.UploadId]);
        using var again = _buckets.Receive(length: null);
        (await _buckets.TryUpdateAsync("bucket", record, record, again, Ct)).ShouldBeFalse();
    }

    public void Dispose()
    {
        _uploads.Dispose();
        _buckets.Dispose();
        _folder.Dispose();
        _root.Dispose();
    }

    private static ObjectHeaders Headers => new("text/plain", new Dictionary<string, string>());

    // With two parts, the second of three bytes.
    private async Task<UploadRecord> BeginAsync(string key)
    {
        var upload = _uploads.Begin("bucket", key, Headers);
        foreach (var (number, body) in new[] { (1, new byte[PartBytes]), (2, "end"u8.ToArray()) })
        {
            using var file = _buckets.Receive(body.Length);
            using var stream = new MemoryStream(body);
            await file.AppendAsync(stream, long.MaxValue, Ct);
            await _uploads.PutPartAsync(upload, number, file, new ReceivedBody(Convert.ToHexStringLower(file.FinishMd5()), Checksum: null), Ct);
        }

        return upload;
    }

    private Task<ObjectRecord> CompleteAsync(UploadRecord upload) => _uploads.CompleteAsync(
        upload, [.. _uploads.Parts(upload).Select(p => new ChosenPart(p.Number, p.Record.ETag, null))], ObjectCondition.None, Ct);
}
