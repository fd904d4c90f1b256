using System.Runtime.ExceptionServices;
using System.Security.Cryptography;

namespace Maskwright.Artifacts;

/// <summary>The bytes of an upload, or of a part of one: exactly as many as were promised, or a clear refusal.</summary>
/// <param name="source">Where they come from; not owned.</param>
/// <param name="length">How many there must be.</param>
/// <param name="key">The object's key, for the message.</param>
/// <param name="hash">Takes every byte that passes, or null.</param>
internal sealed class SourceStream(Stream source, long length, string key, IncrementalHash? hash = null) : Stream
{
    private long _position;

    /// <summary>Why the source gave no more bytes, or null. HTTP clients hide it behind a failure of the connection.</summary>
    internal ExceptionDispatchInfo? Failure { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = (int)Math.Min(buffer.Length, length - _position);
        if (wanted == 0)
            return 0;
        var read = await ReadSourceAsync(buffer[..wanted], cancellationToken);
        hash?.AppendData(buffer.Span[..read]);
        _position += read;
        return read;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("An upload is read asynchronously.");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask<int> ReadSourceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var read = await source.ReadAsync(buffer, cancellationToken);
            return read > 0
                ? read
                : throw new EndOfStreamException($"The stream for '{key}' ended after {_position} of {length} bytes. Give its true length; nothing was stored.");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Failure = ExceptionDispatchInfo.Capture(error);
            throw;
        }
    }
}
