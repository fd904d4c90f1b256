using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
        PixelBuffer.Length(width, height, channels: 3);
        return image.Width == width && image.Height == height ? image : Resize(image.Pixels, image.Width, image.Height, width, height);
    }

    /// <inheritdoc cref="Resize(RgbImage, int, int)"/>
    /// <param name="pixels">Shape [fromHeight, fromWidth, 3].</param>
    /// <param name="fromWidth">Width of the picture.</param>
    /// <param name="fromHeight">Height of the picture.</param>
    /// <param name="width">Width wanted, in pixels.</param>
    /// <param name="height">Height wanted, in pixels.</param>
    internal static RgbImage Resize(ReadOnlySpan<byte> pixels, int fromWidth, int fromHeight, int width, int height)
    {
        var result = GC.AllocateUninitializedArray<byte>(PixelBuffer.Length(width, height, channels: 3));
        var length = PixelBuffer.Length(width, fromHeight, channels: 3);
        var narrowed = ArrayPool<byte>.Shared.Rent(length);
        Horizontally(pixels, fromWidth, fromHeight, narrowed.AsSpan(0, length), Taps(fromWidth, width));
        Vertically(narrowed.AsSpan(0, length), width * 3, result, Taps(fromHeight, height));
        ArrayPool<byte>.Shared.Return(narrowed);
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

    // Eight rows are turned into columns of eight bytes, which are the lanes of a vector, and back.
    private static void Horizontally(ReadOnlySpan<byte> pixels, int width, int height, Span<byte> result, Tap[] taps)
    {
        var (stride, narrow) = (3 * width, 3 * taps.Length);
        var columns = ArrayPool<byte>.Shared.Rent(ByteSquare.Side * (stride + narrow));
        var wide = columns.AsSpan(0, ByteSquare.Side * stride);
        var summed = columns.AsSpan(ByteSquare.Side * stride, ByteSquare.Side * narrow);
        for (var y = 0; y < height; y += ByteSquare.Side)
        {
            var rows = Math.Min(ByteSquare.Side, height - y);
            ByteSquare.Transpose(pixels[(y * stride)..], stride, wide, ByteSquare.Side, rows, stride);
            for (var x = 0; x < taps.Length; x++)
            {
                Blend(wide[(3 * ByteSquare.Side * taps[x].First)..], taps[x].Weights, summed.Slice(3 * ByteSquare.Side * x, 3 * ByteSquare.Side));
            }

            ByteSquare.Transpose(summed, ByteSquare.Side, result[(y * narrow)..], narrow, narrow, rows);
        }

        ArrayPool<byte>.Shared.Return(columns);
    }

    // Red, green and blue of a pixel in eight rows.
    private static void Blend(ReadOnlySpan<byte> columns, int[] weights, Span<byte> summed)
    {
        var half = Vector256.Create(1 << (Precision - 1));
        var (red, green, blue) = (half, half, half);
        foreach (var weight in weights)
        {
            var factor = Vector256.Create(weight);
            red += Lanes(columns) * factor;
            green += Lanes(columns[ByteSquare.Side..]) * factor;
            blue += Lanes(columns[(2 * ByteSquare.Side)..]) * factor;
            columns = columns[(3 * ByteSquare.Side)..];
        }

        BinaryPrimitives.WriteUInt64LittleEndian(summed, Bytes(red));
        BinaryPrimitives.WriteUInt64LittleEndian(summed[ByteSquare.Side..], Bytes(green));
        BinaryPrimitives.WriteUInt64LittleEndian(summed[(2 * ByteSquare.Side)..], Bytes(blue));
    }

    private static Vector256<int> Lanes(ReadOnlySpan<byte> bytes)
    {
        var packed = Vector128.CreateScalarUnsafe(BinaryPrimitives.ReadUInt64LittleEndian(bytes)).AsByte();
        return Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(packed)
            : Vector256.WidenLower(Vector256.WidenLower(packed.ToVector256Unsafe()).GetLower().ToVector256Unsafe()).AsInt32();
    }

    private static ulong Bytes(Vector256<int> sums)
    {
        var bytes = Vector256.Min(sums >>> Precision, Vector256.Create((int)byte.MaxValue)).AsUInt32();
        var words = Vector128.Narrow(bytes.GetLower(), bytes.GetUpper());
        return Vector128.Narrow(words, words).AsUInt64()[0];
    }

    private static void Vertically(ReadOnlySpan<byte> narrowed, int stride, Span<byte> result, Tap[] taps)
    {
        for (var y = 0; y < taps.Length; y++)
        {
            var rows = narrowed[(taps[y].First * stride)..];
            var weights = taps[y].Weights;
            var target = result.Slice(y * stride, stride);
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
