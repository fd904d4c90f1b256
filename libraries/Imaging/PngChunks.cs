using System.Buffers.Binary;
using System.IO.Hashing;

namespace Maskwright.Imaging;

/// <summary>PNG's container: a signature, then chunks of length, type, data and CRC-32 (PNG specification, section 5).</summary>
internal static class PngChunks
{
    /// <summary>The eight bytes every PNG begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Appends one chunk.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        stream.Write(word);
        stream.Write(type);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(word, Checksum(type, data));
        stream.Write(word);
    }

    /// <summary>
    /// Takes the next chunk off the front of <paramref name="png"/>, its checksum verified.
    /// </summary>
    /// <exception cref="ImageFormatException">The file is cut off or damaged here.</exception>
    public static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> png, string name, out ReadOnlySpan<byte> type)
    {
        const int Frame = 12;
        var length = png.Length < Frame ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(png);
        if (length > png.Length - Frame)
        {
            throw new ImageFormatException(name, "the PNG is cut off; fetch the file again.");
        }

        type = png.Slice(4, 4);
        var data = png.Slice(8, (int)length);
        if (BinaryPrimitives.ReadUInt32BigEndian(png[(8 + (int)length)..]) != Checksum(type, data))
        {
            throw new ImageFormatException(name, "a PNG chunk does not match its checksum; fetch the file again.");
        }

        png = png[(Frame + (int)length)..];
        return data;
    }

    private static uint Checksum(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var crc = new Crc32();
        crc.Append(type);
        crc.Append(data);
        return crc.GetCurrentHashAsUInt32();
    }
}
