using Microsoft.Win32.SafeHandles;

namespace Maskwright.Datasets;

/// <summary>The compressed bytes of one entry: a stretch of the archive. Any number of them read at once, the handle has no position.</summary>
internal sealed class ArchiveStretch(SafeFileHandle archive, long offset, long length) : ReadingStream
{
    private long _position;

    public override int Read(Span<byte> buffer)
    {
        var read = RandomAccess.Read(archive, buffer[..(int)Math.Min(buffer.Length, length - _position)], offset + _position);
        _position += read;
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await RandomAccess.ReadAsync(archive, buffer[..(int)Math.Min(buffer.Length, length - _position)], offset + _position, cancellationToken);
        _position += read;
        return read;
    }
}
