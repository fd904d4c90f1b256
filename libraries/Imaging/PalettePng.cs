using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;

namespace Maskwright.Imaging;

/// <summary>
/// Masks as 8-bit palette PNG: the pixel's value is the class index, and any viewer shows it in the palette's colour.
/// Skia's encoder cannot keep indices, and its compression is several times slower.
/// </summary>
public static class PalettePng
{
    private const int HeaderLength = 13;
    private const byte PaletteColour = 3;
    private const byte FilterNone = 0;
    private const byte Grey = 0;
    private const byte FilterUp = 2;

    // Runs of one byte are all that is left of a mask after the filter: nothing packs them faster or smaller. Deflate's other
    // strategies look matches up by a hash that depends on the processor, and so would the bytes.
    private static readonly ZLibCompressionOptions RunLengths = new()
    {
        CompressionLevel = 1,
        CompressionStrategy = ZLibCompressionStrategy.RunLengthEncoding,
    };

    /// <summary>Encodes a mask.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="palette">The colours a viewer shows; the values do not depend on them.</param>
    public static byte[] Encode(IndexMask mask, Palette palette)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(palette);
        using var png = new MemoryStream();
        png.Write(PngChunks.Signature);
        PngChunks.Write(png, "IHDR"u8, Header(mask));
        PngChunks.Write(png, "PLTE"u8, Colours(palette));
        PngChunks.Write(png, "IDAT"u8, Compressed(mask));
        PngChunks.Write(png, "IEND"u8, []);
        return png.ToArray();
    }

    /// <summary>Decodes a palette or grey PNG of 1 to 8 bits a pixel, whoever wrote it; not interlaced. Its values are taken as they are.</summary>
    /// <param name="encoded">The file's bytes.</param>
    /// <param name="name">What to call the file in an error.</param>
    /// <exception cref="ImageFormatException">
    /// Not such a PNG, damaged, cut off, or more than <see cref="ImageCodec.MaxPixels"/> (checked before allocating).
    /// </exception>
    public static IndexMask Decode(ReadOnlySpan<byte> encoded, string name)
    {
        if (!encoded.StartsWith(PngChunks.Signature))
        {
            throw new ImageFormatException(name, "this is not a PNG.");
        }

        var rest = encoded[PngChunks.Signature.Length..];
        var header = PngChunks.Take(ref rest, name, out var type);
        if (!type.SequenceEqual("IHDR"u8) || header.Length != HeaderLength)
        {
            throw new ImageFormatException(name, "the PNG does not begin with its header; fetch the file again.");
        }

        var (width, height, bits) = ReadHeader(header, name);
        using var compressed = new MemoryStream();
        while (true)
        {
            var data = PngChunks.Take(ref rest, name, out type);
            if (type.SequenceEqual("IDAT"u8))
            {
                compressed.Write(data);
            }
            else if (type.SequenceEqual("IEND"u8))
            {
                break;
            }
        }

        compressed.Position = 0;
        return Inflate(compressed, width, height, bits, name);
    }

    private static byte[] Header(IndexMask mask)
    {
        var header = new byte[HeaderLength];
        BinaryPrimitives.WriteInt32BigEndian(header, mask.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), mask.Height);
        header[8] = 8; // bits a sample; compression, filter method and interlace stay 0
        header[9] = PaletteColour;
        return header;
    }

    private static byte[] Colours(Palette palette)
    {
        var colours = new byte[256 * 3];
        for (var i = 0; i < 256; i++)
        {
            (colours[3 * i], colours[3 * i + 1], colours[3 * i + 2]) = palette[i];
        }

        return colours;
    }

    private static ReadOnlySpan<byte> Compressed(IndexMask mask)
    {
        var width = mask.Width;
        // Rows of a mask resemble the one above: the difference to it is nearly all zeros.
        using var buffer = MemoryPool<byte>.Shared.Rent(checked((width + 1) * mask.Height));
        var filtered = buffer.Memory.Span[..((width + 1) * mask.Height)];
        filtered[0] = FilterNone;
        mask.Pixels.AsSpan(0, width).CopyTo(filtered[1..]);
        for (var y = 1; y < mask.Height; y++)
        {
            var target = filtered.Slice(y * (width + 1), width + 1);
            target[0] = FilterUp;
            Subtract(mask.Pixels.AsSpan(y * width, width), mask.Pixels.AsSpan((y - 1) * width, width), target[1..]);
        }

        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, RunLengths, leaveOpen: true))
        {
            zlib.Write(filtered);
        }

        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    private static void Subtract(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> difference)
    {
        var x = 0;
        for (; x <= row.Length - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            (new Vector<byte>(row[x..]) - new Vector<byte>(above[x..])).CopyTo(difference[x..]);
        }

        for (; x < row.Length; x++)
        {
            difference[x] = (byte)(row[x] - above[x]);
        }
    }

    private static (int Width, int Height, int Bits) ReadHeader(ReadOnlySpan<byte> header, string name)
    {
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header[4..]));
        if (width == 0 || height == 0 || width > ImageCodec.MaxPixels || (long)width * height > ImageCodec.MaxPixels)
        {
            throw new ImageFormatException(name, $"{width}x{height} pixels are outside the limit of {ImageCodec.MaxPixels}.");
        }

        return header[8] is 1 or 2 or 4 or 8 && header[9] is PaletteColour or Grey && header[12] == 0
            ? ((int)width, (int)height, header[8])
            : throw new ImageFormatException(name, "a mask is a palette or grey PNG of at most 8 bits a pixel, without interlace; this is another kind of PNG.");
    }

    private static IndexMask Inflate(Stream compressed, int width, int height, int bits, string name)
    {
        // Every row is written, or the mask is refused.
        var mask = new IndexMask(width, height, GC.AllocateUninitializedArray<byte>(PixelBuffer.Length(width, height, channels: 1)));
        var above = new byte[(width * bits + 7) / 8];
        var packed = new byte[above.Length];
        try
        {
            using var zlib = new ZLibStream(compressed, CompressionMode.Decompress);
            for (var y = 0; y < height; y++)
            {
                var filter = zlib.ReadByte();
                zlib.ReadExactly(packed);
                Unfilter(filter, packed, above, name);
                Unpack(packed, bits, mask.Pixels.AsSpan(y * width, width));
                (above, packed) = (packed, above);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new ImageFormatException(name, "the PNG's pixel data is damaged or cut off; fetch the file again.", e);
        }

        return mask;
    }

    // The leftmost pixel is in the highest bits.
    private static void Unpack(ReadOnlySpan<byte> packed, int bits, Span<byte> row)
    {
        if (bits == 8)
        {
            packed.CopyTo(row);
            return;
        }

        var perByte = 8 / bits;
        for (var x = 0; x < row.Length; x++)
        {
            row[x] = (byte)((packed[x / perByte] >> (8 - bits * (x % perByte + 1))) & ((1 << bits) - 1));
        }
    }

    // PNG specification, section 9, for one byte a pixel.
    private static void Unfilter(int filter, Span<byte> row, ReadOnlySpan<byte> above, string name)
    {
        if (filter is < 0 or > 4)
        {
            throw new ImageFormatException(name, $"the PNG uses an unknown row filter ({filter}); fetch the file again.");
        }

        if (filter == FilterUp)
        {
            var at = 0;
            for (; at <= row.Length - Vector<byte>.Count; at += Vector<byte>.Count)
            {
                (new Vector<byte>(row[at..]) + new Vector<byte>(above[at..])).CopyTo(row[at..]);
            }

            for (; at < row.Length; at++)
            {
                row[at] += above[at];
            }

            return;
        }

        byte left = 0, aboveLeft = 0;
        for (var x = 0; filter > 0 && x < row.Length; x++)
        {
            row[x] += filter switch
            {
                1 => left,
                3 => (byte)((left + above[x]) / 2),
                _ => Paeth(left, above[x], aboveLeft),
            };
            (left, aboveLeft) = (row[x], above[x]);
        }
    }

    private static byte Paeth(byte left, byte above, byte aboveLeft)
    {
        var estimate = left + above - aboveLeft;
        var (a, b, c) = (Math.Abs(estimate - left), Math.Abs(estimate - above), Math.Abs(estimate - aboveLeft));
        return a <= b && a <= c ? left : b <= c ? above : aboveLeft;
    }
}
