using System.Buffers;

namespace Maskwright.Artifacts;

/// <summary>
/// An object that is sent while it is written: in parts, of which one is filled while others are on their way. It exists
/// once <see cref="CompleteAsync"/> has returned; disposed of before, it leaves nothing.
/// </summary>
public sealed class UploadStream : Stream
{
    private readonly ObjectStorage _storage;
    private readonly ObjectRequests _requests;
    private readonly UploadLimits _limits;
    private readonly string _key;
    private readonly string _contentType;
    private readonly PartBuffers _buffers;
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _abandoned = new();
    private readonly List<Task<string>> _parts = [];
    private MultipartUpload? _upload;
    private MemoryManager<byte>? _part;
    private int _filled;
    private long _length;

    internal UploadStream(ObjectStorage storage, ObjectRequests requests, UploadLimits limits, string key, string contentType)
    {
        (_storage, _requests, _limits, _key, _contentType) = (storage, requests, limits, key, contentType);
        _buffers = new PartBuffers(limits.PartBytes);
        // One more is being filled.
        _slots = new SemaphoreSlim(Math.Max(1, limits.Parallel - 1));
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <summary>Bytes written so far.</summary>
    public override long Length => _length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <summary>Appends bytes; waits while as many parts are on their way as may be.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="StorageException">A part could not be stored; the object cannot be completed any more.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (_filled == _limits.PartBytes)
                await SendPartAsync(cancellationToken);
            _part ??= _buffers.Rent();
            var taken = buffer[..Math.Min(buffer.Length, _limits.PartBytes - _filled)];
            taken.CopyTo(_part.Memory[_filled..]);
            _filled += taken.Length;
            _length += taken.Length;
            buffer = buffer[taken.Length..];
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Sends what is left and makes it an object, replacing what was there.</summary>
    /// <param name="sha256">The SHA-256 of all that was written, lower-case hex, as whoever wrote it knows.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The entry by which a manifest names the object.</returns>
    /// <exception cref="StorageException">It could not be stored.</exception>
    public async Task<ArtifactEntry> CompleteAsync(string sha256, CancellationToken cancellationToken = default)
    {
        if (_upload is null && _length <= _limits.PartBytes)
            await PutWholeAsync(cancellationToken);
        else
            await PutPartsAsync(cancellationToken);
        _upload = null;
        return new ArtifactEntry(_key, _length, sha256);
    }

    /// <summary>Gives the memory back, and takes back what was sent of an object that was not completed.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _abandoned.CancelAsync();
        await ((Task)Task.WhenAll(_parts)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_upload is { } begun)
            await begun.AbortAsync();
        _upload = null;
        _buffers.Dispose();
        _slots.Dispose();
        _abandoned.Dispose();
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("An upload is written asynchronously.");

    private Task PutWholeAsync(CancellationToken cancellationToken) => _storage.RunAsync("put", _key, operation =>
    {
        operation.CountBytes(_length);
        return _requests.PutAsync(_key, new ReadOnlyMemoryContent(_part?.Memory[.._filled] ?? default), _contentType, onlyIfAbsent: false, cancellationToken);
    }, cancellationToken);

    private async Task PutPartsAsync(CancellationToken cancellationToken)
    {
        if (_filled > 0)
            await SendPartAsync(cancellationToken);
        var tags = await Task.WhenAll(_parts).WaitAsync(cancellationToken);
        await _storage.RunAsync("complete-upload", _key, async _ =>
        {
            await _upload!.CompleteAsync(tags, cancellationToken);
            await _upload.VerifyAsync(_length, cancellationToken);
        }, cancellationToken);
    }

    private async Task SendPartAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        // A part that failed has given its place up too; whoever writes learns of it here.
        if (_parts.Find(part => part.IsFaulted) is { } failed)
            await failed;
        if (_parts.Count == _limits.MaxParts)
            throw new InvalidOperationException($"'{_key}' has grown beyond the {_limits.MaxParts} parts of {_limits.PartBytes} bytes that an upload may have.");
        var upload = _upload ??= await _storage.RunAsync(
            "begin-upload", _key, _ => MultipartUpload.BeginAsync(_requests, _key, _contentType, cancellationToken), cancellationToken);
        _parts.Add(SendAsync(upload, _parts.Count + 1, _part!, _filled));
        (_part, _filled) = (null, 0);
    }

    private async Task<string> SendAsync(MultipartUpload upload, int number, MemoryManager<byte> buffer, int length)
    {
        try
        {
            return await _storage.RunAsync("put-part", _key, operation =>
            {
                operation.CountBytes(length);
                return upload.PutPartAsync(number, new ReadOnlyMemoryContent(buffer.Memory[..length]), _abandoned.Token);
            }, _abandoned.Token);
        }
        finally
        {
            _buffers.Return(buffer);
            _slots.Release();
        }
    }
}
