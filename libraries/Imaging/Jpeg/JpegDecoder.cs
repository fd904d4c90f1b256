using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Maskwright.Imaging;

/// <summary>
/// Decodes the JPEGs that cameras write: Huffman's method in 8 bits, not progressive, grey or luma with chroma of the same or
/// half the size. Pixels are those of libjpeg-turbo to the bit.
/// </summary>
internal static class JpegDecoder
{
    // Vectors read beyond the end of a row.
    private const int Spare = 64;

    /// <summary>Decodes a picture.</summary>
    /// <param name="jpeg">The file's bytes.</param>
    /// <param name="width">Width that its header was found to tell.</param>
    /// <param name="height">Height that its header was found to tell.</param>
    /// <param name="pixels">Shape [height, width, 3], red first.</param>
    /// <returns>False when it is of another kind, or damaged: another decoder has to look. Pixels are then undefined.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> jpeg, int width, int height, Span<byte> pixels)
    {
        if (!JpegInverseTransform.IsSupported)
        {
            return false;
        }

        byte[]? samples = null;
        try
        {
            var reader = new JpegReader(jpeg);
            JpegPlane[] planes = [];
            var seen = new HashSet<JpegComponent>();
            while (reader.NextScan() is { } scan)
            {
                var frame = reader.Frame!;
                if (samples is null)
                {
                    planes = Planes(frame);
                    if (frame.Width != width || frame.Height != height || frame.IsProgressive || !IsCovered(planes, reader.IsRgb))
                    {
                        return false;
                    }

                    samples = ArrayPool<byte>.Shared.Rent(planes.Sum(plane => plane.Length) + Spare);
                }

                // What a second scan of a component leaves of the first is libjpeg's own affair.
                if (!scan.Components.All(entry => seen.Add(entry.Component)))
                {
                    return false;
                }

                using var bits = reader.Bits;
                var blocks = new JpegBlocks(scan, frame, reader.Tables, planes, samples);
                reader.Pass(scan, JpegSequentialScan.Read(bits, frame, scan, reader.Tables.RestartInterval, ref blocks));
            }

            if (samples is null || reader.IsOtherKind || reader.IsRgb)
            {
                return false;
            }

            Convert(planes, samples, width, pixels);
            return true;
        }
        catch (InvalidDataException)
        {
            // Decoders repair what they can, each in its own way.
            return false;
        }
        finally
        {
            if (samples is not null)
            {
                ArrayPool<byte>.Shared.Return(samples);
            }
        }
    }

    private static JpegPlane[] Planes(JpegFrame frame)
    {
        var start = 0;
        var planes = new JpegPlane[frame.Components.Length];
        for (var i = 0; i < planes.Length; i++)
        {
            planes[i] = new JpegPlane(frame.Components[i], frame, start);
            start += planes[i].Length;
        }

        return planes;
    }

    private static bool IsCovered(JpegPlane[] planes, bool isRgb) =>
        planes.Length == 1 || (planes is [{ Across: 1, Down: 1 }, _, _] && !isRgb && planes[1..].All(JpegUpsampling.Covers));

    private static void Convert(JpegPlane[] planes, byte[] samples, int width, Span<byte> pixels)
    {
        JpegUpsampling[] chroma = [.. planes.Skip(1).Select(plane => new JpegUpsampling(plane))];
        for (var y = 0; y < planes[0].Height; y++)
        {
            var row = pixels.Slice(3 * y * width, 3 * width);
            if (chroma is [var cb, var cr])
            {
                JpegColours.Convert(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(samples), planes[0].Row(y)), ref cb.Row(samples, y), ref cr.Row(samples, y), row);
            }
            else
            {
                JpegColours.Repeat(samples.AsSpan(planes[0].Row(y), width), row);
            }
        }
    }
}
