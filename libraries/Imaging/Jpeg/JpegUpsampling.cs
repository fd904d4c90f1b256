using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Maskwright.Imaging;

/// <summary>
/// Rows of chroma at the picture's width: each value is three parts of the nearer sample and one of the next, along both sides
/// (libjpeg's "fancy" upsampling, with its rounding to one side and the other in turns).
/// </summary>
/// <param name="plane">The chroma.</param>
internal sealed class JpegUpsampling(JpegPlane plane)
{
    // Vectors read and write beyond the end, and one before the beginning.
    private const int Spare = 64;

    private readonly ushort[] _sums = new ushort[plane.Width + 2 * Spare];
    private readonly byte[] _row = new byte[plane.Width * plane.Across + 2 * Spare];

    /// <summary>Whether this is how libjpeg does it: it repeats samples of rows that are too short, and of other ratios.</summary>
    public static bool Covers(JpegPlane plane) =>
        plane is { Across: 1, Down: 1 or 2 } or { Across: 2, Down: 1 or 2, Width: > 2 };

    /// <summary>A row of the picture.</summary>
    /// <param name="samples">The buffer of all planes, with spare bytes behind the last.</param>
    /// <param name="y">The row.</param>
    /// <returns>Values up to the picture's width, and some more; valid until the next call.</returns>
    public ref byte Row(byte[] samples, int y)
    {
        ref var all = ref MemoryMarshal.GetArrayDataReference(samples);
        ref var near = ref Unsafe.Add(ref all, plane.Row(y / plane.Down));
        if (plane is { Across: 1, Down: 1 })
        {
            return ref near;
        }

        ref var sums = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_sums), Spare);
        ref var row = ref MemoryMarshal.GetArrayDataReference(_row);
        if (plane.Down == 2)
        {
            // The first of two rows is nearer to the one above.
            Blend(ref near, ref Unsafe.Add(ref all, plane.Row(y / 2 + (y % 2 == 0 ? -1 : 1))), ref sums);
        }
        else
        {
            Widen(ref near, ref sums);
        }

        if (plane.Across == 1)
        {
            Narrow(ref sums, (ushort)(1 + y % 2), ref row);
            return ref row;
        }

        // Beyond the edges the samples at the edge go on.
        Unsafe.Add(ref sums, -1) = sums;
        Unsafe.Add(ref sums, plane.Width) = Unsafe.Add(ref sums, plane.Width - 1);
        if (plane.Down == 2)
        {
            Spread(ref sums, 8, 7, 4, ref row);
        }
        else
        {
            Spread(ref sums, 1, 2, 2, ref row);
        }

        return ref row;
    }

    private void Blend(ref byte near, ref byte far, ref ushort sums)
    {
        for (var x = 0; x < plane.Width; x += Vector256<ushort>.Count)
        {
            (Load(ref near, x) * 3 + Load(ref far, x)).StoreUnsafe(ref sums, (nuint)x);
        }
    }

    private void Widen(ref byte near, ref ushort sums)
    {
        for (var x = 0; x < plane.Width; x += Vector256<ushort>.Count)
        {
            Load(ref near, x).StoreUnsafe(ref sums, (nuint)x);
        }
    }

    private void Narrow(ref ushort sums, ushort rounding, ref byte row)
    {
        for (var x = 0; x < plane.Width; x += Vector256<byte>.Count)
        {
            var low = (Vector256.LoadUnsafe(ref sums, (nuint)x) + Vector256.Create(rounding)) >>> 2;
            var high = (Vector256.LoadUnsafe(ref sums, (nuint)(x + Vector256<ushort>.Count)) + Vector256.Create(rounding)) >>> 2;
            Vector256.Narrow(low, high).StoreUnsafe(ref row, (nuint)x);
        }
    }

    private void Spread(ref ushort sums, ushort evenRounding, ushort oddRounding, int shift, ref byte row)
    {
        for (var x = 0; x < plane.Width; x += Vector256<ushort>.Count)
        {
            var near = Vector256.LoadUnsafe(ref sums, (nuint)x) * 3;
            var even = (near + Vector256.LoadUnsafe(ref Unsafe.Add(ref sums, x - 1)) + Vector256.Create(evenRounding)) >>> shift;
            var odd = (near + Vector256.LoadUnsafe(ref Unsafe.Add(ref sums, x + 1)) + Vector256.Create(oddRounding)) >>> shift;
            // Two values in each 16 bits, the left one low.
            (even | odd << 8).AsByte().StoreUnsafe(ref row, (nuint)(2 * x));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Load(ref byte samples, int x) =>
        Vector256.WidenLower(Vector128.LoadUnsafe(ref samples, (nuint)x).ToVector256Unsafe());
}
