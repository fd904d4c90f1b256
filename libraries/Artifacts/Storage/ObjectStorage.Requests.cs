using System.Diagnostics;
using System.Runtime.InteropServices;
using Minio.DataModel.Args;

namespace Maskwright.Artifacts;

/// <content>The requests behind the operations.</content>
public sealed partial class ObjectStorage
{
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(10);

    private async Task RunAsync(string operation, string key, Func<Activity?, Task> work, CancellationToken cancellationToken) =>
        await RunAsync(operation, key, async span =>
        {
            await work(span);
            return true;
        }, cancellationToken);

    private async Task<T> RunAsync<T>(string operation, string key, Func<Activity?, Task<T>> work, CancellationToken cancellationToken)
    {
        using var span = StorageTracing.Start(operation, Options, key);
        try
        {
            return await work(span);
        }
        catch (Exception error)
        {
            var named = cancellationToken.IsCancellationRequested ? null : FailureNaming.Name(error, Options, key);
            span.Fail(named ?? error);
            if (named is null)
                throw;
            throw named;
        }
    }

    private async Task MakeBucketAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Without the location the SDK forgets the region it was built with.
            await _client.MakeBucketAsync(new MakeBucketArgs().WithBucket(Options.Bucket).WithLocation(Options.Region), cancellationToken);
        }
        catch (S3ErrorException error) when (error.Code is "BucketAlreadyOwnedByYou")
        {
            // Another process was a moment faster.
        }
    }

    // The size must be told even when it is 0: the SDK stores an empty object when it is not.
    private PutObjectArgs PutArgs(string key, Stream body, long length, string contentType) =>
        new PutObjectArgs().WithBucket(Options.Bucket).WithObject(key).WithStreamData(body).WithObjectSize(length).WithContentType(contentType);

    private async Task PutPartsAsync(string key, PutObjectArgs args, long length, Activity? span, CancellationToken cancellationToken)
    {
        try
        {
            await _client.PutObjectAsync(args, cancellationToken);
        }
        catch
        {
            await AbortUploadAsync(key, span);
            throw;
        }

        // The answer to the completion proves little (Ceph sends no ETag in it): what is stored does.
        var stored = await HeadAsync(key, cancellationToken);
        if (stored.Size != length)
            throw new StorageException(StorageFailure.Other, $"Object storage at {Options.Endpoint} holds {stored.Size} bytes of {Options.Bucket}/{key} after {length} were uploaded. Upload it again.");
    }

    // The SDK leaves the parts of a failed upload behind, where they take space unseen. It names no upload either,
    // so every unfinished upload of this key goes: keys have one writer at a time.
    private async Task AbortUploadAsync(string key, Activity? span)
    {
        using var deadline = new CancellationTokenSource(AbortTimeout);
        try
        {
            await _client.RemoveIncompleteUploadAsync(new RemoveIncompleteUploadArgs().WithBucket(Options.Bucket).WithObject(key), deadline.Token);
        }
        catch (Exception error)
        {
            // The upload's own failure is what the caller must hear; this one goes to the trace.
            span?.AddException(error);
        }
    }

    private async Task<ObjectInfo> HeadAsync(string key, CancellationToken cancellationToken)
    {
        var stat = await _client.StatObjectAsync(new StatObjectArgs().WithBucket(Options.Bucket).WithObject(key), cancellationToken);
        return new ObjectInfo(key, stat.Size, stat.ETag.Trim('"'), AsUtc(stat.LastModified));
    }

    private async Task<byte[]> ReadWholeAsync(string key, long maxBytes, Activity? span, CancellationToken cancellationToken)
    {
        await using var stream = await OpenAsync(key, 0, null, cancellationToken);
        if (stream.Length > Math.Min(maxBytes, Array.MaxLength))
            throw new StorageException(StorageFailure.Other, $"{Options.Bucket}/{key} at {Options.Endpoint} has {stream.Length} bytes, at most {maxBytes} were expected. It is not the object it should be, or it has to be read as a stream.");
        span.SetBytes(stream.Length);
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    private Task<ObjectStream> OpenAsync(string key, long offset, long? length, CancellationToken cancellationToken) =>
        ObjectStream.OpenAsync(
            _http,
            () => PresignAsync(key, ReadUrlLifetime),
            error => FailureNaming.NameRead(error, Options, key),
            offset,
            length,
            cancellationToken);

    private async Task<Uri> PresignAsync(string key, TimeSpan lifetime)
    {
        var args = new PresignedGetObjectArgs().WithBucket(Options.Bucket).WithObject(key).WithExpiry((int)lifetime.TotalSeconds);
        var url = await _client.PresignedGetObjectAsync(args);
        // The path is signed as it is written: it must not be tidied on its way.
        return new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    private static bool IsAbsent(S3ErrorException error) =>
        error is { Status: System.Net.HttpStatusCode.NotFound, Code: not "NoSuchBucket" };

    private static DateTimeOffset AsUtc(DateTime time) =>
        new(time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private static MemoryStream AsStream(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(body.ToArray(), writable: false);
}
