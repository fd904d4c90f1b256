using System.Buffers;
using System.Net;

namespace Maskwright.Artifacts;

/// <summary>
/// A large object's bytes in order, fetched in several ranges at once: one connection waits for the disk or is copied from
/// while others are filled, where a single one does all of it in turn. The first range comes as it arrives; what follows is
/// begun when the reader begins.
/// </summary>
internal sealed class ReadAheadStream : ReadOnceStream
{
    private readonly ObjectRequests _requests;
    private readonly string _key;
    private readonly Func<Exception, StorageException?> _name;
    private readonly ReadAheadLimits _limits;
    private readonly ObjectStream _first;
    private readonly PartBuffers _buffers;
    private readonly CancellationTokenSource _end = new();
    private readonly Queue<Task<Range>> _ranges = new();
    private Range? _current;
    private long _asked;

    private ReadAheadStream(ObjectRequests requests, string key, Func<Exception, StorageException?> name, ReadAheadLimits limits, ObjectStream first)
    {
        (_requests, _key, _name, _limits, _first) = (requests, key, name, limits, first);
        _buffers = new PartBuffers(limits.RangeBytes);
        _asked = first.Length;
    }

    /// <inheritdoc/>
    public override long Length => _first.ObjectLength;

    /// <summary>Opens an object of any size.</summary>
    /// <param name="requests">The pooled connections.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="name">Names a failure for the caller.</param>
    /// <param name="limits">How far to read ahead.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    internal static async Task<Stream> OpenAsync(
        ObjectRequests requests, string key, Func<Exception, StorageException?> name, ReadAheadLimits limits, CancellationToken cancellationToken)
    {
        ObjectStream first;
        try
        {
            first = await ObjectStream.OpenAsync(requests, key, name, 0, limits.RangeBytes, mayBeLess: true, cancellationToken);
        }
        catch (S3ErrorException error) when (error.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // An empty object has no range at all.
            return await ObjectStream.OpenAsync(requests, key, name, 0, length: null, mayBeLess: false, cancellationToken);
        }

        return first.Length == first.ObjectLength ? first : new ReadAheadStream(requests, key, name, limits, first);
    }

    /// <inheritdoc/>
    protected override async ValueTask<int> ReadNextAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_ranges.Count + (_current is null ? 0 : 1) < _limits.Parallel && _asked < Length)
        {
            var size = (int)Math.Min(_limits.RangeBytes, Length - _asked);
            _ranges.Enqueue(FetchAsync(_asked, size));
            _asked += size;
        }

        if (Position < _first.Length)
            return await _first.ReadAsync(buffer, cancellationToken);
        if (_current is null)
        {
            _current = await _ranges.Peek().WaitAsync(cancellationToken);
            _ = _ranges.Dequeue();
        }

        var left = _current.Bytes;
        var count = Math.Min(buffer.Length, left.Length);
        left[..count].CopyTo(buffer);
        _current = _current with { Bytes = left[count..] };
        if (count == left.Length)
        {
            _buffers.Return(_current.Buffer);
            _current = null;
        }

        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_end.IsCancellationRequested)
        {
            _end.Cancel();
            _first.Dispose();
            // Memory is given back when nothing is written into it any more.
            _ = Task.WhenAll(_ranges).ContinueWith(_ => _buffers.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        base.Dispose(disposing);
    }

    private async Task<Range> FetchAsync(long offset, int size)
    {
        var buffer = _buffers.Rent();
        var bytes = buffer.Memory[..size];
        try
        {
            await using var range = await ObjectStream.OpenAsync(_requests, _key, _name, offset, size, mayBeLess: false, _end.Token);
            if (range.ETag != _first.ETag)
                throw new InvalidDataException("it was replaced while it was being read");
            await range.ReadExactlyAsync(bytes, _end.Token);
            return new Range(buffer, bytes);
        }
        catch (Exception error) when (error is not StorageException)
        {
            if (_name(error) is { } named)
                throw named;
            throw;
        }
    }

    // Bytes that have come, and what they lie in.
    private sealed record Range(MemoryManager<byte> Buffer, ReadOnlyMemory<byte> Bytes);
}
