using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;

namespace Maskwright.Artifacts;

/// <summary>
/// Writes a stream or a file as an object, in bounded memory whatever its size, digesting the bytes as they pass. A large one
/// goes in parts: while some are sent the next is read.
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
            await PutPartsAsync(key, length, contentType, (upload, ct) => SendAsync(upload, key, source, ct), () => source.Failure, cancellationToken);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Writes a file. Parts are read from it where they lie, each as it is sent, so that many may be under way.</summary>
    /// <returns>Its SHA-256.</returns>
    internal async Task<string> PutAsync(string key, SourceFile file, string contentType, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await PutPartsAsync(key, file.Length, contentType, SendAsync, () => file.Failure, cancellationToken);
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        async Task<string[]> SendAsync(MultipartUpload upload, CancellationToken ct)
        {
            var tags = await SendPartsAsync(upload, file.Length, limits.FilePartBytesFor(file.Length), limits.ParallelOfFile, PrepareAsync, ct);
            file.CheckUnchanged();
            return tags;
        }

        // Digested first, in order, a part comes out of the page cache when it is sent; and the digest, which nobody shares with it, is not left behind.
        async Task<Part> PrepareAsync(long offset, long size, CancellationToken ct)
        {
            await Task.Run(() => file.Digest(hash, offset, size, ct), ct);
            return new Part(new FileRangeContent(file, offset, size));
        }
    }

    private async Task PutPartsAsync(
        string key, long length, string contentType, Func<MultipartUpload, CancellationToken, Task<string[]>> send, Func<ExceptionDispatchInfo?> failure, CancellationToken cancellationToken)
    {
        var upload = await MultipartUpload.BeginAsync(requests, key, contentType, cancellationToken);
        try
        {
            await upload.CompleteAsync(await send(upload, cancellationToken), cancellationToken);
        }
        catch
        {
            await upload.AbortAsync();
            failure()?.Throw();
            throw;
        }

        await upload.VerifyAsync(length, cancellationToken);
    }

    private async Task<string[]> SendAsync(MultipartUpload upload, string key, SourceStream source, CancellationToken cancellationToken)
    {
        var partBytes = limits.PartBytesFor(source.Length);
        if (partBytes > limits.PartBytes)
            return await SendStreamedAsync(upload, key, source, partBytes, cancellationToken);
        using var buffers = new PartBuffers((int)partBytes);
        return await SendPartsAsync(upload, source.Length, partBytes, limits.Parallel, PrepareAsync, cancellationToken);

        async Task<Part> PrepareAsync(long offset, long size, CancellationToken ct)
        {
            var buffer = buffers.Rent();
            var part = buffer.Memory[..(int)size];
            await FillAsync(source, part, ct);
            return new Part(new ReadOnlyMemoryContent(part), () => buffers.Return(buffer));
        }
    }

    // Parts are prepared one after the other, in their order, while earlier ones are sent.
    private static async Task<string[]> SendPartsAsync(
        MultipartUpload upload, long length, long partBytes, int parallel,
        Func<long, long, CancellationToken, Task<Part>> prepare, CancellationToken cancellationToken)
    {
        using var slots = new SemaphoreSlim(parallel);
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var parts = new List<Task<string>>();
        Exception? interruption = null;
        try
        {
            for (var offset = 0L; offset < length; offset += partBytes)
            {
                await slots.WaitAsync(failure.Token);
                var part = await prepare(offset, Math.Min(partBytes, length - offset), failure.Token);
                var number = parts.Count + 1;
                parts.Add(Task.Run(() => SendAsync(number, part), CancellationToken.None));
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

        async Task<string> SendAsync(int number, Part part)
        {
            try
            {
                return await upload.PutPartAsync(number, part.Body, failure.Token);
            }
            catch
            {
                await failure.CancelAsync();
                throw;
            }
            finally
            {
                part.Release?.Invoke();
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

    // A part that is ready to be sent, and what gives its memory back.
    private sealed record Part(HttpContent Body, Action? Release = null);
}
