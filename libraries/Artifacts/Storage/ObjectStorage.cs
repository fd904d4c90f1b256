using Minio;
using Minio.DataModel.Args;

namespace Maskwright.Artifacts;

/// <summary>
/// One bucket of an S3 server: put, get, list, delete. Safe for use from many threads; make one and keep it.
/// </summary>
/// <remarks>
/// Every method throws <see cref="StorageException"/> when storage fails, <see cref="ArgumentException"/> for a key that
/// cannot be used, and <see cref="OperationCanceledException"/> when cancelled. Requests that may be repeated are retried
/// for a few seconds. Each call is one client span and a set of metrics, see <see cref="StorageTelemetry"/>.
/// </remarks>
public sealed partial class ObjectStorage : IDisposable
{
    private readonly HttpClient _http;
    private readonly IMinioClient _client;
    private readonly UrlSigner _signer;
    private readonly ObjectRequests _requests;

    /// <summary>Makes a client of the bucket. No request is sent yet.</summary>
    /// <param name="options">Where the storage is and how to sign in.</param>
    public ObjectStorage(StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _http = StorageTransport.CreateClient();
        _signer = new UrlSigner(options, TimeProvider.System);
        _requests = new ObjectRequests(_http, _signer);
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

    /// <summary>How large objects are cut into parts.</summary>
    internal UploadLimits Limits { get; init; } = new();

    /// <summary>How far ahead of its reader a large object is fetched.</summary>
    internal ReadAheadLimits ReadAhead { get; init; } = new();

    /// <summary>Makes the bucket when it is not there yet.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task EnsureBucketAsync(CancellationToken cancellationToken = default) => RunAsync("ensure-bucket", "", async _ =>
    {
        if (!await HasBucketAsync(cancellationToken))
            await MakeBucketAsync(cancellationToken);
    }, cancellationToken);

    /// <summary>Asks for an object's size and tag.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What storage knows of it, or null when there is no such object.</returns>
    public Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        return RunAsync("stat", key, async _ =>
        {
            try
            {
                return await _requests.HeadAsync(key, cancellationToken);
            }
            catch (S3ErrorException error) when (IsAbsent(error))
            {
                // An answer without a body does not tell a missing object from a missing bucket.
                if (!await HasBucketAsync(cancellationToken))
                    throw new S3ErrorException(error.Status, "NoSuchBucket", "");
                return null;
            }
        }, cancellationToken);
    }

    /// <summary>Gives a URL with which anyone may read the object for a while, without keys.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="lifetime">How long the URL works: one second to seven days.</param>
    public Uri PresignGet(string key, TimeSpan lifetime)
    {
        ObjectKey.Check(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, TimeSpan.FromDays(7));
        return _signer.Sign(HttpMethod.Get, key, "", lifetime);
    }

    /// <summary>Gives a URL to which anyone may write the object for a while, without keys, in one PUT of any size the server takes.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="lifetime">How long the URL works: one second to seven days.</param>
    public Uri PresignPut(string key, TimeSpan lifetime)
    {
        ObjectKey.Check(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, TimeSpan.FromDays(7));
        return _signer.Sign(HttpMethod.Put, key, "", lifetime);
    }

    /// <summary>Closes the pooled connections.</summary>
    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    internal async Task RunAsync(string name, string key, Func<StorageOperation, Task> work, CancellationToken cancellationToken) =>
        await RunAsync(name, key, async operation =>
        {
            await work(operation);
            return true;
        }, cancellationToken);

    internal async Task<T> RunAsync<T>(string name, string key, Func<StorageOperation, Task<T>> work, CancellationToken cancellationToken)
    {
        using var operation = new StorageOperation(name, Options, key);
        operation.Enter();
        try
        {
            return await work(operation);
        }
        catch (Exception error)
        {
            var named = cancellationToken.IsCancellationRequested ? null : FailureNaming.Name(error, Options, key);
            operation.Fail(named ?? error);
            if (named is null)
                throw;
            throw named;
        }
    }

    private async Task<bool> HasBucketAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _client.BucketExistsAsync(new BucketExistsArgs().WithBucket(Options.Bucket), cancellationToken);
        }
        catch (S3ErrorException error) when (error.Code == "NoSuchBucket")
        {
            return false;
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

    private static bool IsAbsent(S3ErrorException error) =>
        error is { Status: System.Net.HttpStatusCode.NotFound, Code: not "NoSuchBucket" };
}
