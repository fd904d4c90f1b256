using System.Runtime.CompilerServices;
using Minio.DataModel;
using Minio.DataModel.Args;

namespace Maskwright.Artifacts;

/// <content>Listing and deleting.</content>
public sealed partial class ObjectStorage
{
    // What one delete request may name.
    private const int DeleteBatch = 1000;

    /// <summary>Lists every object whose key begins with a prefix, in the order of the keys' UTF-8 bytes, page by page.</summary>
    /// <param name="prefix">The beginning of the keys; empty for the whole bucket.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        using var operation = new StorageOperation("list", Options, prefix);
        // ListObjectsEnumAsync speaks V2 and pages; the SDK's older listing stops silently at 1,000 keys.
        var args = new ListObjectsArgs().WithBucket(Options.Bucket).WithPrefix(prefix).WithRecursive(true);
        await using var items = _client.ListObjectsEnumAsync(args, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            Item item;
            try
            {
                // An iterator runs in its caller's flow, anew after each item.
                operation.Enter();
                if (!await items.MoveNextAsync())
                    yield break;
                item = items.Current;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                var named = FailureNaming.Name(error, Options, prefix);
                operation.Fail(named ?? error);
                if (named is null)
                    throw;
                throw named;
            }

            yield return new ObjectInfo(item.Key, checked((long)item.Size), item.ETag.Trim('"'), AsUtc(item.LastModifiedDateTime ?? default));
        }
    }

    /// <summary>Deletes an object. There being none is no error.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        return RunAsync("delete", key, async _ =>
        {
            try
            {
                await _client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(Options.Bucket).WithObject(key), cancellationToken);
            }
            catch (S3ErrorException error) when (IsAbsent(error))
            {
                // Some servers answer 404 where S3 says 204.
            }
        }, cancellationToken);
    }

    /// <summary>Deletes objects, a thousand in one request. Those that are not there are no error.</summary>
    /// <param name="keys">Their keys.</param>
    /// <param name="cancellationToken">Ends the call; what was deleted by then stays deleted.</param>
    public Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys)
            ObjectKey.Check(key);
        return RunAsync("delete-many", keys.FirstOrDefault() ?? "", async _ =>
        {
            foreach (var batch in keys.Chunk(DeleteBatch))
                await DeleteManyAsync(batch, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Deletes every object whose key begins with a prefix.</summary>
    /// <param name="prefix">The beginning of the keys; not empty, so that no slip empties a bucket.</param>
    /// <param name="cancellationToken">Ends the call; what was deleted by then stays deleted.</param>
    public Task DeletePrefixAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        return RunAsync("delete-prefix", prefix, async _ =>
        {
            var batch = new List<string>(DeleteBatch);
            await foreach (var item in ListAsync(prefix, cancellationToken))
            {
                batch.Add(item.Key);
                if (batch.Count == DeleteBatch)
                {
                    await DeleteManyAsync(batch, cancellationToken);
                    batch.Clear();
                }
            }

            if (batch.Count > 0)
                await DeleteManyAsync(batch, cancellationToken);
        }, cancellationToken);
    }

    private async Task DeleteManyAsync(IList<string> keys, CancellationToken cancellationToken)
    {
        var args = new RemoveObjectsArgs().WithBucket(Options.Bucket).WithObjects(keys);
        var errors = await _client.RemoveObjectsAsync(args, cancellationToken);
        if (errors.FirstOrDefault() is { } first)
        {
            throw new StorageException(StorageFailure.Other,
                $"Object storage at {Options.Endpoint} did not delete {Options.Bucket}/{first.Key} ({first.Code}: {first.Message}) and {errors.Count - 1} others of {keys.Count}. Delete again.");
        }
    }

    private static DateTimeOffset AsUtc(DateTime time) =>
        new(time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
