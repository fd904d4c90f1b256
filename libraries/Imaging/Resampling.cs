using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Maskwright.Imaging;

/// <summary>
/// Resizing with the pixel-centre convention: output pixel i samples the input at (i + 0.5) x scale - 0.5.
/// Integer arithmetic throughout, so that every machine gives the same bytes.
/// </summary>
public static class Resampling
{
    // As many bits as let 255 and the sum of weights, 1, fit an int; also what Pillow takes.
    private const int Precision = 22;

    /// <summary>
    /// Antialiased bilinear resize: a triangle filter, widened by the scale when shrinking, horizontally and then
    /// vertically (what Pillow's BILINEAR and torchvision's antialias=True do).
    /// </summary>
    /// <param name="image">The picture; handed back itself when it has the size already.</param>
    /// <param name="width">Width wanted, in pixels.</param>
    /// <param name="height">Height wanted, in pixels.</param>
    public static RgbImage Resize(RgbImage image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        var result = new byte[PixelBuffer.Length(width, height, channels: 3)];
        if (image.Width == width && image.Height == height)
        {
            return image;
        }

        var narrowed = new byte[PixelBuffer.Length(width, image.Height, channels: 3)];
        Horizontally(image, narrowed, Taps(image.Width, width));
        Vertically(narrowed, width * 3, result, Taps(image.Height, height));
        return new RgbImage(width, height, result);
    }

    /// <summary>Nearest-neighbour resize: no class appears that was not there.</summary>
    /// <param name="mask">The mask; handed back itself when it has the size already.</param>
    /// <param name="width">Width wanted, in pixels.</param>
    /// <param name="height">Height wanted, in pixels.</param>
    public static IndexMask ResizeNearest(IndexMask mask, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (mask.Width == width && mask.Height == height)
        {
            return mask;
        }

        var result = IndexMask.Empty(width, height);
        var columns = Nearest(mask.Width, width);
        var rows = Nearest(mask.Height, height);
        for (var y = 0; y < height; y++)
        {
            var source = mask.Pixels.AsSpan(rows[y] * mask.Width, mask.Width);
            var target = result.Pixels.AsSpan(y * width, width);
            for (var x = 0; x < width; x++)
            {
                target[x] = source[columns[x]];
            }
        }

        return result;
    }

    // floor((i + 0.5) * from / to) in integers.
    private static int[] Nearest(int from, int to)
    {
        var sources = new int[to];
        for (var i = 0; i < to; i++)
        {
            sources[i] = (int)((2L * i + 1) * from / (2L * to));
        }

        return sources;
    }

    private static Tap[] Taps(int from, int to)
    {
        var scale = (double)from / to;
        var support = Math.Max(scale, 1.0);
        var taps = new Tap[to];
        for (var i = 0; i < to; i++)
        {
            var center = (i + 0.5) * scale;
            var first = Math.Max(0, (int)(center - support + 0.5));
            var last = Math.Min(from, (int)(center + support + 0.5));
            var weights = new double[last - first];
            var sum = 0.0;
            for (var k = 0; k < weights.Length; k++)
            {
                weights[k] = Math.Max(0, 1 - Math.Abs((first + k - center + 0.5) / support));
                sum += weights[k];
            }

            taps[i] = new Tap(first, Array.ConvertAll(weights, w => (int)Math.Round(w / sum * (1 << Precision))));
        }

        return taps;
    }

    private static void Horizontally(RgbImage image, byte[] result, Tap[] taps)
    {
        // Red, green and blue are three lanes of one vector. The fourth has a byte of the next pixel, hence one byte more.
        var stride = image.Width * 3;
        Span<byte> row = new byte[stride + 1];
        for (var y = 0; y < image.Height; y++)
        {
            image.Pixels.AsSpan(y * stride, stride).CopyTo(row);
            var target = result.AsSpan(y * taps.Length * 3, taps.Length * 3);
            foreach (var tap in taps)
            {
                var sums = Vector128.Create(1 << (Precision - 1));
                var pixels = row[(tap.First * 3)..];
                foreach (var weight in tap.Weights)
                {
                    var bytes = Vector128.CreateScalarUnsafe(BinaryPrimitives.ReadUInt32LittleEndian(pixels)).AsByte();
                    sums += Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32() * weight;
                    pixels = pixels[3..];
                }

                (target[0], target[1], target[2]) = (Byte(sums[0]), Byte(sums[1]), Byte(sums[2]));
                target = target[3..];
            }
        }
    }

    private static void Vertically(byte[] narrowed, int stride, byte[] result, Tap[] taps)
    {
        for (var y = 0; y < taps.Length; y++)
        {
            var rows = narrowed.AsSpan(taps[y].First * stride);
            var weights = taps[y].Weights;
            var target = result.AsSpan(y * stride, stride);
            var x = 0;
            for (; x <= stride - Vector<byte>.Count; x += Vector<byte>.Count)
            {
                Blend(rows[x..], stride, weights).CopyTo(target[x..]);
            }

            for (; x < stride; x++)
            {
                var sum = 1 << (Precision - 1);
                for (var k = 0; k < weights.Length; k++)
                {
                    sum += rows[(k * stride) + x] * weights[k];
                }

                target[x] = Byte(sum);
            }
        }
    }

    // A vector of bytes from rows one below the other: its sums are four vectors.
    private static Vector<byte> Blend(ReadOnlySpan<byte> rows, int stride, int[] weights)
    {
        var half = new Vector<int>(1 << (Precision - 1));
        var (a, b, c, d) = (half, half, half, half);
        for (var k = 0; k < weights.Length; k++)
        {
            Vector.Widen(new Vector<byte>(rows[(k * stride)..]), out var low, out var high);
            Vector.Widen(low, out var lowest, out var lower);
            Vector.Widen(high, out var higher, out var highest);
            a += lowest.As<uint, int>() * weights[k];
            b += lower.As<uint, int>() * weights[k];
            c += higher.As<uint, int>() * weights[k];
            d += highest.As<uint, int>() * weights[k];
        }

        return Vector.Narrow(Vector.Narrow(Bytes(a), Bytes(b)), Vector.Narrow(Bytes(c), Bytes(d)));
    }

    // Weights are never negative, and neither are sums.
    private static Vector<uint> Bytes(Vector<int> sums) =>
        Vector.Min(Vector.ShiftRightLogical(sums.As<int, uint>(), Precision), new Vector<uint>(byte.MaxValue));

    private static byte Byte(int sum) => (byte)Math.Clamp(sum >> Precision, 0, 255);

    private readonly record struct Tap(int First, int[] Weights);
}
