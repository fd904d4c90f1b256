using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;

namespace Maskwright.Artifacts;

/// <summary>
/// Writes a stream as an object, in bounded memory whatever its size, digesting the bytes as they pass. A large one goes in
/// parts: while some are sent the next is read.
/// </summary>
internal sealed class ObjectUpload(ObjectRequests requests, UploadLimits limits)
{
    // What is read at once: small enough to be digested while it is in the processor's cache.
    private const int ReadBytes = 256 * 1024;

    /// <summary>Writes exactly <paramref name="length"/> bytes of <paramref name="body"/>.</summary>
    /// <returns>Their SHA-256.</returns>
    /// <exception cref="EndOfStreamException">The stream ended before; nothing was stored.</exception>
    internal async Task<string> PutAsync(string key, Stream body, long length, string contentType, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var source = new SourceStream(body, length, key, hash);
        if (length <= limits.PartBytes)
        {
            var buffer = ArrayPool<byte>.Shared.Rent((int)length);
            try
            {
                await FillAsync(source, buffer.AsMemory(0, (int)length), cancellationToken);
                await requests.PutAsync(key, new ReadOnlyMemoryContent(buffer.AsMemory(0, (int)length)), contentType, onlyIfAbsent: false, cancellationToken);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        else
        {
            await PutPartsAsync(key, source, contentType, cancellationToken);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private async Task PutPartsAsync(string key, SourceStream source, string contentType, CancellationToken cancellationToken)
    {
        var upload = await MultipartUpload.BeginAsync(requests, key, contentType, cancellationToken);
        try
        {
            var partBytes = limits.PartBytesFor(source.Length);
            var tags = partBytes <= limits.PartBytes
                ? await SendBufferedAsync(upload, source, (int)partBytes, cancellationToken)
                : await SendStreamedAsync(upload, key, source, partBytes, cancellationToken);
            await upload.CompleteAsync(tags, cancellationToken);
        }
        catch
        {
            await upload.AbortAsync();
            source.Failure?.Throw();
            throw;
        }

        await upload.VerifyAsync(source.Length, cancellationToken);
    }

    private async Task<string[]> SendBufferedAsync(MultipartUpload upload, SourceStream source, int partBytes, CancellationToken cancellationToken)
    {
        using var buffers = new PartBuffers(partBytes);
        using var slots = new SemaphoreSlim(limits.Parallel);
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var parts = new List<Task<string>>();
        Exception? interruption = null;
        try
        {
            while (source.Position < source.Length)
            {
                await slots.WaitAsync(failure.Token);
                var buffer = buffers.Rent();
                var part = buffer.Memory[..(int)Math.Min(partBytes, source.Length - source.Position)];
                await FillAsync(source, part, failure.Token);
                parts.Add(SendAsync(parts.Count + 1, buffer, part));
            }
        }
        catch (Exception error)
        {
            interruption = error;
            await failure.CancelAsync();
        }

        await ((Task)Task.WhenAll(parts)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // A part that failed has cancelled the reading and the other parts: its failure is the one to tell.
        if (interruption is null or OperationCanceledException && parts.Find(part => part.IsFaulted) is { } failed)
            await failed;
        if (interruption is not null)
            ExceptionDispatchInfo.Throw(interruption);
        return await Task.WhenAll(parts);

        async Task<string> SendAsync(int number, MemoryManager<byte> buffer, ReadOnlyMemory<byte> part)
        {
            try
            {
                return await upload.PutPartAsync(number, new ReadOnlyMemoryContent(part), failure.Token);
            }
            catch
            {
                await failure.CancelAsync();
                throw;
            }
            finally
            {
                buffers.Return(buffer);
                slots.Release();
            }
        }
    }

    // Parts too large to be held (an object beyond 60 GB) pass through one after the other; none can be sent again.
    private static async Task<string[]> SendStreamedAsync(MultipartUpload upload, string key, SourceStream source, long partBytes, CancellationToken cancellationToken)
    {
        var tags = new List<string>();
        while (source.Position < source.Length)
        {
            var size = Math.Min(partBytes, source.Length - source.Position);
            var body = new StreamContent(new SourceStream(source, size, key), ReadBytes);
            body.Headers.ContentLength = size;
            tags.Add(await upload.PutPartAsync(tags.Count + 1, body, cancellationToken));
        }

        return [.. tags];
    }

    private static async Task FillAsync(SourceStream source, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        for (var filled = 0; filled < buffer.Length;)
            filled += await source.ReadAsync(buffer[filled..Math.Min(buffer.Length, filled + ReadBytes)], cancellationToken);
    }
}
