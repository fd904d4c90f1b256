using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests;

/// <summary>Who looks at an object and then changes it is alone with it, so that a condition still holds when the object is put in its place.</summary>
public sealed class KeyLocksTests(StoreServer server) : IClassFixture<StoreServer>
{
    private const string Bucket = "locked";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_held_by_one_at_a_time()
    {
        using var locks = new KeyLocks();
        var first = await locks.TakeAsync(Bucket, "k", Ct);
        var second = locks.TakeAsync(Bucket, "k", Ct);
        second.IsCompleted.ShouldBeFalse();
        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task A_put_if_absent_looks_for_an_object_only_when_nobody_else_can_make_one()
    {
        var buckets = await BucketsAsync();
        using var mine = Received(buckets);
        using var theirs = Received(buckets);
        var held = await buckets.Locks.TakeAsync(Bucket, "absent", Ct);
        // Runs to where it waits, and would run to its end if it did not.
        var put = buckets.CommitAsync(Bucket, Record("absent"), mine, new ObjectCondition { IfNoneMatch = "*" }, Ct);
        put.IsCompleted.ShouldBeFalse();
        theirs.Seal(Record("absent"));
        theirs.MoveTo(buckets.FolderOf(Bucket), KeyPath.OfObject("absent"));
        held.Dispose();
        (await Should.ThrowAsync<S3Exception>(() => put)).Message.ShouldContain("There is an object 'absent' already");
    }

    [Fact]
    public async Task Deleting_and_changing_wait_for_each_other_as_well()
    {
        var buckets = await BucketsAsync();
        using var file = Received(buckets);
        using var changed = Received(buckets);
        await buckets.CommitAsync(Bucket, Record("there"), file, ObjectCondition.None, Ct);
        var held = await buckets.Locks.TakeAsync(Bucket, "there", Ct);
        var update = buckets.TryUpdateAsync(Bucket, Record("there"), Record("there") with { ETag = "other" }, changed, Ct);
        var delete = buckets.DeleteAsync(Bucket, "there", ObjectCondition.None, Ct);
        (update.IsCompleted, delete.IsCompleted).ShouldBe((false, false));
        held.Dispose();
        await Task.WhenAll(update, delete);
        buckets.TryRead(Bucket, "there").ShouldBeNull();
    }

    private async Task<BucketStore> BucketsAsync()
    {
        using var storage = await server.OpenAsync(Bucket);
        return server.Part<BucketStore>();
    }

    private static IncomingFile Received(BucketStore buckets) => buckets.Receive(length: 0);

    private static ObjectRecord Record(string key) => new()
    {
        Key = key, Size = 0, ETag = "", LastModified = DateTimeOffset.UnixEpoch, Headers = new ObjectHeaders("", new Dictionary<string, string>()),
    };
}
