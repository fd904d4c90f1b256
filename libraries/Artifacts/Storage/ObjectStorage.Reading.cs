namespace Maskwright.Artifacts;

/// <content>Reading.</content>
public sealed partial class ObjectStorage
{
    /// <summary>What a get reads into memory at most when no bound is given, in bytes (256 MiB).</summary>
    public const long DefaultMaxBytes = 256L * 1024 * 1024;

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
        return RunAsync("get", key, operation => ReadWholeAsync(key, maxBytes, operation, cancellationToken), cancellationToken);
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
        return RunAsync<byte[]?>("get", key, async operation =>
        {
            try
            {
                return await ReadWholeAsync(key, maxBytes, operation, cancellationToken);
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
        return RunAsync("get-range", key, async operation =>
        {
            operation.CountBytes(length);
            await using var stream = await OpenAsync(key, offset, length, cancellationToken);
            var bytes = new byte[length];
            await stream.ReadExactlyAsync(bytes, cancellationToken);
            return bytes;
        }, cancellationToken);
    }

    /// <summary>Copies a whole object into a stream, in constant memory: see <see cref="OpenReadAsync"/>.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="destination">Where the bytes go, from its current position; left open.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task DownloadAsync(string key, Stream destination, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        ArgumentNullException.ThrowIfNull(destination);
        return RunAsync("download", key, async operation =>
        {
            await using var stream = await OpenLargeAsync(key, cancellationToken);
            operation.CountBytes(stream.Length);
            await stream.CopyToAsync(destination, 128 * 1024, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>
    /// Opens an object to be read from start to end, asynchronously only. Its <see cref="Stream.Length"/> is the object's size.
    /// What follows the first 8 MiB is fetched ahead of the reader, in several ranges at once and at most 32 MiB of memory.
    /// </summary>
    /// <param name="key">The object's key.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <returns>A stream that resumes by itself after a broken connection; an <see cref="IOException"/> says when it cannot.</returns>
    public Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        return RunAsync<Stream>("open", key, async operation =>
        {
            var stream = await OpenLargeAsync(key, cancellationToken);
            operation.CountBytes(stream.Length);
            return stream;
        }, cancellationToken);
    }

    private async Task<byte[]> ReadWholeAsync(string key, long maxBytes, StorageOperation operation, CancellationToken cancellationToken)
    {
        await using var stream = await OpenAsync(key, 0, null, cancellationToken);
        if (stream.Length > Math.Min(maxBytes, Array.MaxLength))
            throw new StorageException(StorageFailure.Other, $"{Options.Bucket}/{key} at {Options.Endpoint} has {stream.Length} bytes, at most {maxBytes} were expected. It is not the object it should be, or it has to be read as a stream.");
        operation.CountBytes(stream.Length);
        var bytes = GC.AllocateUninitializedArray<byte>((int)stream.Length);
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    private Task<ObjectStream> OpenAsync(string key, long offset, long? length, CancellationToken cancellationToken) =>
        ObjectStream.OpenAsync(_requests, key, error => FailureNaming.NameRead(error, Options, key), offset, length, mayBeLess: false, cancellationToken);

    private Task<Stream> OpenLargeAsync(string key, CancellationToken cancellationToken) =>
        ReadAheadStream.OpenAsync(_requests, key, error => FailureNaming.NameRead(error, Options, key), ReadAhead, cancellationToken);
}
