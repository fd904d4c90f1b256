using System.IO.Hashing;

namespace Maskwright.Datasets;

/// <summary>Gives exactly as many bytes as the entry says, and checks them against its CRC: neither a bomb nor damage passes.</summary>
/// <param name="content">The inflated entry; owned.</param>
/// <param name="entry">What it must be.</param>
internal sealed class CheckedEntryStream(Stream content, ZipEntry entry) : ReadingStream
{
    private readonly Crc32 _crc = new();
    private long _position;

    public override int Read(Span<byte> buffer) => Check(content.Read(buffer), buffer);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await content.ReadAsync(buffer, cancellationToken);
        return Check(read, buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            content.Dispose();
        base.Dispose(disposing);
    }

    private int Check(int read, ReadOnlySpan<byte> buffer)
    {
        _crc.Append(buffer[..read]);
        _position += read;
        if (_position > entry.Length || (read == 0 && buffer.Length > 0 && (_position < entry.Length || _crc.GetCurrentHashAsUInt32() != entry.Crc)))
            throw new InvalidDataException("its length or checksum is not the one the zip states; fetch the file again");
        return read;
    }
}
