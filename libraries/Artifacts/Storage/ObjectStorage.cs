using Minio;
using Minio.DataModel.Args;

namespace Maskwright.Artifacts;

/// <summary>
/// One bucket of an S3 server: put, get, list, delete. Safe for use from many threads; make one and keep it.
/// </summary>
/// <remarks>
/// Every method throws <see cref="StorageException"/> when storage fails, <see cref="ArgumentException"/> for a key that
/// cannot be used, and <see cref="OperationCanceledException"/> when cancelled. Requests that may be repeated are retried
/// for a few seconds. Each call is one client span of <see cref="StorageTracing.SourceName"/>.
/// </remarks>
public sealed partial class ObjectStorage : IDisposable
{
    /// <summary>The largest body of <see cref="PutIfAbsentAsync"/>, in bytes (4 MiB): above 5 MiB the client sends parts, which drop the condition.</summary>
    public const int MaxConditionalBytes = 4 * 1024 * 1024;

    /// <summary>What a get reads into memory at most when no bound is given, in bytes (256 MiB).</summary>
    public const long DefaultMaxBytes = 256L * 1024 * 1024;

    // From this size on the SDK sends parts.
    private const long MultipartThreshold = 5L * 1024 * 1024;
    private static readonly TimeSpan ReadUrlLifetime = TimeSpan.FromMinutes(15);

    private readonly HttpClient _http;
    private readonly IMinioClient _client;

    /// <summary>Makes a client of the bucket. No request is sent yet.</summary>
    /// <param name="options">Where the storage is and how to sign in.</param>
    public ObjectStorage(StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _http = StorageTransport.CreateClient();
        _client = new MinioClient()
            .WithEndpoint(options.Endpoint.Authority)
            .WithSSL(options.Endpoint.Scheme == Uri.UriSchemeHttps)
            .WithCredentials(options.AccessKey, options.SecretKey)
            .WithRegion(options.Region)
            .WithHttpClient(_http, disposeHttpClient: false)
            .Build();
    }

    /// <summary>Where this storage is.</summary>
    public StorageOptions Options { get; }

    /// <summary>Makes the bucket when it is not there yet.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task EnsureBucketAsync(CancellationToken cancellationToken = default) => RunAsync("ensure-bucket", "", async _ =>
    {
        try
        {
            await _client.BucketExistsAsync(new BucketExistsArgs().WithBucket(Options.Bucket), cancellationToken);
        }
        catch (S3ErrorException error) when (error.Code == "NoSuchBucket")
        {
            await MakeBucketAsync(cancellationToken);
        }
    }, cancellationToken);

    /// <summary>Writes an object, replacing what was there.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="body">Its bytes; may be empty.</param>
    /// <param name="contentType">Its media type, such as <c>application/json</c>.</param>
    /// <param name="cancellationToken">Ends the call; the object is then either the old or the new one.</param>
    public async Task PutAsync(string key, ReadOnlyMemory<byte> body, string contentType, CancellationToken cancellationToken = default)
    {
        await using var stream = AsStream(body);
        await PutAsync(key, stream, body.Length, contentType, cancellationToken);
    }

    /// <summary>Writes an object from a stream, replacing what was there. From 5 MiB on it goes in parts of 16 MiB; the client's buffers take a few hundred MiB at worst.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="body">The bytes, read from the current position.</param>
    /// <param name="length">How many bytes to send, exactly; the call fails, and stores nothing, when the stream ends before.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="cancellationToken">Ends the call; the object is then either the old or the new one.</param>
    /// <exception cref="EndOfStreamException">The stream ended before; nothing was stored.</exception>
    public Task PutAsync(string key, Stream body, long length, string contentType, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        ArgumentNullException.ThrowIfNull(body);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return RunAsync("put", key, async span =>
        {
            span.SetBytes(length);
            await using var source = new SourceStream(body, length, key);
            var args = PutArgs(key, source, length, contentType);
            if (length < MultipartThreshold)
                await _client.PutObjectAsync(args, cancellationToken);
            else
                await PutPartsAsync(key, args, length, span, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Writes a file as an object, replacing what was there.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="path">The file.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task PutFileAsync(string key, string path, string contentType, CancellationToken cancellationToken = default)
    {
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            Share = FileShare.Read,
        });
        await PutAsync(key, file, file.Length, contentType, cancellationToken);
    }

    /// <summary>Writes an object only when there is none of this key: of any number of writers exactly one succeeds.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="body">Its bytes, at most <see cref="MaxConditionalBytes"/>.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>True when this call wrote the object; false when someone was first.</returns>
    /// <exception cref="StorageException">Also when the connection broke so that nobody knows whether the object was written: read it to find out.</exception>
    public Task<bool> PutIfAbsentAsync(string key, ReadOnlyMemory<byte> body, string contentType, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        if (body.Length > MaxConditionalBytes)
            throw new ArgumentException($"'{key}' has {body.Length} bytes; a put-if-absent takes at most {MaxConditionalBytes}. Put the bulk under its own key and name it in a small document.", nameof(body));
        return RunAsync("put-if-absent", key, async span =>
        {
            span.SetBytes(body.Length);
            await using var stream = AsStream(body);
            try
            {
                await _client.PutObjectAsync(PutArgs(key, stream, body.Length, contentType).WithNotMatchETag("*"), cancellationToken);
                return true;
            }
            catch (S3ErrorException error) when (error.Status == System.Net.HttpStatusCode.PreconditionFailed)
            {
                return false;
            }
        }, cancellationToken);
    }

    /// <summary>Reads a whole object of at most <see cref="DefaultMaxBytes"/> into memory.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="StorageException">Also when there is no such object (<see cref="StorageFailure.NotFound"/>).</exception>
    public Task<byte[]> GetAsync(string key, CancellationToken cancellationToken = default) =>
        GetAsync(key, DefaultMaxBytes, cancellationToken);

    /// <summary>Reads a whole object into memory.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="maxBytes">The most to accept; a larger object is refused before anything is allocated.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="StorageException">Also when there is no such object (<see cref="StorageFailure.NotFound"/>).</exception>
    public Task<byte[]> GetAsync(string key, long maxBytes, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        return RunAsync("get", key, span => ReadWholeAsync(key, maxBytes, span, cancellationToken), cancellationToken);
    }

    /// <summary>Reads a whole object of at most <see cref="DefaultMaxBytes"/> into memory, or gives null when there is none of this key.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<byte[]?> TryGetAsync(string key, CancellationToken cancellationToken = default) =>
        TryGetAsync(key, DefaultMaxBytes, cancellationToken);

    /// <summary>Reads a whole object into memory, or gives null when there is none of this key.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="maxBytes">The most to accept; a larger object is refused before anything is allocated.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<byte[]?> TryGetAsync(string key, long maxBytes, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        return RunAsync<byte[]?>("get", key, async span =>
        {
            try
            {
                return await ReadWholeAsync(key, maxBytes, span, cancellationToken);
            }
            catch (S3ErrorException error) when (IsAbsent(error))
            {
                return null;
            }
        }, cancellationToken);
    }

    /// <summary>Reads a part of an object.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="offset">Where to begin, in bytes from the start.</param>
    /// <param name="length">How many bytes; the object must hold them all.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Exactly <paramref name="length"/> bytes.</returns>
    public Task<byte[]> GetRangeAsync(string key, long offset, int length, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length == 0)
            return Task.FromResult<byte[]>([]);
        return RunAsync("get-range", key, async span =>
        {
            span.SetBytes(length);
            await using var stream = await OpenAsync(key, offset, length, cancellationToken);
            var bytes = new byte[length];
            await stream.ReadExactlyAsync(bytes, cancellationToken);
            return bytes;
        }, cancellationToken);
    }

    /// <summary>Copies a whole object into a stream, in constant memory.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="destination">Where the bytes go, from its current position; left open.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task DownloadAsync(string key, Stream destination, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        ArgumentNullException.ThrowIfNull(destination);
        return RunAsync("download", key, async span =>
        {
            await using var stream = await OpenAsync(key, 0, null, cancellationToken);
            span.SetBytes(stream.Length);
            await stream.CopyToAsync(destination, 128 * 1024, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Opens an object to be read from start to end, asynchronously only. Its <see cref="Stream.Length"/> is the object's size.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <returns>A stream that resumes by itself after a broken connection; an <see cref="IOException"/> says when it cannot.</returns>
    public Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        return RunAsync<Stream>("open", key, async span =>
        {
            var stream = await OpenAsync(key, 0, null, cancellationToken);
            span.SetBytes(stream.Length);
            return stream;
        }, cancellationToken);
    }

    /// <summary>Asks for an object's size and tag.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What storage knows of it, or null when there is no such object.</returns>
    public Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        return RunAsync<ObjectInfo?>("stat", key, async _ =>
        {
            try
            {
                return await HeadAsync(key, cancellationToken);
            }
            catch (S3ErrorException error) when (IsAbsent(error))
            {
                return null;
            }
        }, cancellationToken);
    }

    /// <summary>Gives a URL with which anyone may read the object for a while, without keys.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="lifetime">How long the URL works: one second to seven days.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<Uri> PresignGetAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, TimeSpan.FromDays(7));
        cancellationToken.ThrowIfCancellationRequested();
        return PresignAsync(key, lifetime);
    }

    /// <summary>Closes the pooled connections.</summary>
    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }
}
