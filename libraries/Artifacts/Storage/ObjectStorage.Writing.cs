using System.Net;
using System.Runtime.InteropServices;

namespace Maskwright.Artifacts;

/// <content>Writing.</content>
public sealed partial class ObjectStorage
{
    /// <summary>The largest body of a put-if-absent, in bytes (5 GiB): S3 takes a condition with a whole object only, not with parts.</summary>
    public const long MaxConditionalBytes = 5L * 1024 * 1024 * 1024;

    private const int StreamBytes = 128 * 1024;

    /// <summary>Writes an object, replacing what was there.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="body">Its bytes; may be empty.</param>
    /// <param name="contentType">Its media type, such as <c>application/json</c>.</param>
    /// <param name="cancellationToken">Ends the call; the object is then either the old or the new one.</param>
    /// <returns>The entry by which a manifest names the object.</returns>
    public async Task<ArtifactEntry> PutAsync(string key, ReadOnlyMemory<byte> body, string contentType, CancellationToken cancellationToken = default)
    {
        await using var stream = AsStream(body);
        return await PutAsync(key, stream, body.Length, contentType, cancellationToken);
    }

    /// <summary>
    /// Writes an object from a stream, replacing what was there, in at most 18 MiB of buffers whatever its size. Above 6 MiB it
    /// goes in parts, several at a time; what is left of them after a failure is removed.
    /// </summary>
    /// <param name="key">The object's key.</param>
    /// <param name="body">The bytes, read once from the current position.</param>
    /// <param name="length">How many bytes to send, exactly; the call fails, and stores nothing, when the stream ends before.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="cancellationToken">Ends the call; the object is then either the old or the new one.</param>
    /// <returns>The entry by which a manifest names the object, with the SHA-256 of the bytes as they were read.</returns>
    /// <exception cref="EndOfStreamException">The stream ended before; nothing was stored.</exception>
    public Task<ArtifactEntry> PutAsync(string key, Stream body, long length, string contentType, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        ArgumentNullException.ThrowIfNull(body);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return RunAsync("put", key, async operation =>
        {
            operation.CountBytes(length);
            return new ArtifactEntry(key, length, await new ObjectUpload(_requests, Limits).PutAsync(key, body, length, contentType, cancellationToken));
        }, cancellationToken);
    }

    /// <summary>
    /// Writes a file as an object, replacing what was there, in a few MiB of memory whatever its size. Above 6 MiB it goes in
    /// parts of up to 32 MiB, ten at a time; what is left of them after a failure is removed.
    /// </summary>
    /// <param name="key">The object's key.</param>
    /// <param name="path">The file.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The entry by which a manifest names the object.</returns>
    /// <exception cref="IOException">The file cannot be read, or was changed meanwhile.</exception>
    public async Task<ArtifactEntry> PutFileAsync(string key, string path, string contentType, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        using var file = new SourceFile(path);
        if (file.Length <= Limits.PartBytes)
        {
            await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
            return await PutAsync(key, stream, stream.Length, contentType, cancellationToken);
        }

        return await RunAsync("put", key, async operation =>
        {
            operation.CountBytes(file.Length);
            return new ArtifactEntry(key, file.Length, await new ObjectUpload(_requests, Limits).PutAsync(key, file, contentType, cancellationToken));
        }, cancellationToken);
    }

    /// <summary>Begins an object whose length nobody knows yet. Nothing is sent before a part is full or the object complete.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="contentType">Its media type.</param>
    public UploadStream OpenWrite(string key, string contentType)
    {
        ObjectKey.Check(key);
        return new UploadStream(this, _requests, Limits, key, contentType);
    }

    /// <summary>Writes an object only when there is none of this key: of any number of writers exactly one succeeds.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="body">Its bytes.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>True when this call wrote the object; false when someone was first.</returns>
    /// <exception cref="StorageException">Also when the connection broke so that nobody knows whether the object was written: read it to find out.</exception>
    public Task<bool> PutIfAbsentAsync(string key, ReadOnlyMemory<byte> body, string contentType, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        return PutIfAbsentAsync(key, new ReadOnlyMemoryContent(body), body.Length, contentType, cancellationToken);
    }

    /// <summary>As <see cref="PutIfAbsentAsync(string, ReadOnlyMemory{byte}, string, CancellationToken)"/>, from a stream and in bounded memory.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="body">The bytes, read once from the current position.</param>
    /// <param name="length">How many bytes to send, exactly; at most <see cref="MaxConditionalBytes"/>.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>True when this call wrote the object; false when someone was first.</returns>
    /// <exception cref="EndOfStreamException">The stream ended before; nothing was stored.</exception>
    /// <exception cref="StorageException">Also when the connection broke so that nobody knows whether the object was written: read it to find out.</exception>
    public Task<bool> PutIfAbsentAsync(string key, Stream body, long length, string contentType, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        ArgumentNullException.ThrowIfNull(body);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > MaxConditionalBytes)
            throw new ArgumentException($"'{key}' has {length} bytes; a put-if-absent takes at most {MaxConditionalBytes}. Put the bulk under its own key and name it in a small document.", nameof(length));
        return SendAsync();

        async Task<bool> SendAsync()
        {
            await using var source = new SourceStream(body, length, key);
            var content = new StreamContent(source, StreamBytes);
            content.Headers.ContentLength = length;
            try
            {
                return await PutIfAbsentAsync(key, content, length, contentType, cancellationToken);
            }
            catch (StorageException) when (source.Failure is not null)
            {
                source.Failure.Throw();
                throw;
            }
        }
    }

    private Task<bool> PutIfAbsentAsync(string key, HttpContent body, long length, string contentType, CancellationToken cancellationToken) =>
        RunAsync("put-if-absent", key, async operation =>
        {
            operation.CountBytes(length);
            try
            {
                await _requests.PutAsync(key, body, contentType, onlyIfAbsent: true, cancellationToken);
                return true;
            }
            catch (S3ErrorException error) when (error.Status == HttpStatusCode.PreconditionFailed)
            {
                return false;
            }
        }, cancellationToken);

    private static MemoryStream AsStream(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(body.ToArray(), writable: false);
}
