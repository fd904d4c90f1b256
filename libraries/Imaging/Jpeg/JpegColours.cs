using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Maskwright.Imaging;

/// <summary>
/// Luma and chroma to red, green and blue (ITU-T T.871), with libjpeg's factors of 16 bits and rounding. 16 bits are enough to
/// compute it: a product with a factor is that of its upper and that of its lower eight bits.
/// </summary>
internal static class JpegColours
{
    private const int Pixels = 32;

    // Which of 16 values go where in 48 bytes of red, green and blue in turns; bytes of 255 stay empty.
    private static readonly Vector256<byte>[] Places = [.. Enumerable.Range(0, 9).Select(i => Place(i % 3, i / 3))];

    /// <summary>Writes a row of pixels.</summary>
    /// <param name="y">Luma; as the others it is read up to a multiple of 32.</param>
    /// <param name="cb">The first chroma.</param>
    /// <param name="cr">The second chroma.</param>
    /// <param name="pixels">Shape [width, 3].</param>
    public static void Convert(ref byte y, ref byte cb, ref byte cr, Span<byte> pixels)
    {
        Span<byte> last = stackalloc byte[3 * Pixels];
        var x = 0;
        for (; 3 * (x + Pixels) <= pixels.Length; x += Pixels)
        {
            Convert(ref Unsafe.Add(ref y, x), ref Unsafe.Add(ref cb, x), ref Unsafe.Add(ref cr, x), ref MemoryMarshal.GetReference(pixels[(3 * x)..]));
        }

        if (3 * x < pixels.Length)
        {
            Convert(ref Unsafe.Add(ref y, x), ref Unsafe.Add(ref cb, x), ref Unsafe.Add(ref cr, x), ref MemoryMarshal.GetReference(last));
            last[..(pixels.Length - 3 * x)].CopyTo(pixels[(3 * x)..]);
        }
    }

    /// <summary>Writes a row of grey pixels.</summary>
    /// <param name="y">Luma.</param>
    /// <param name="pixels">Shape [width, 3].</param>
    public static void Repeat(ReadOnlySpan<byte> y, Span<byte> pixels)
    {
        for (var x = 0; x < y.Length; x++)
        {
            pixels.Slice(3 * x, 3).Fill(y[x]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Convert(ref byte y, ref byte cb, ref byte cr, ref byte pixels)
    {
        var (lowRed, lowGreen, lowBlue) = Half(ref y, ref cb, ref cr);
        const int half = Pixels / 2;
        var (highRed, highGreen, highBlue) = Half(ref Unsafe.Add(ref y, half), ref Unsafe.Add(ref cb, half), ref Unsafe.Add(ref cr, half));
        var (red, green, blue) = (Pack(lowRed, highRed), Pack(lowGreen, highGreen), Pack(lowBlue, highBlue));
        for (var part = 0; part < 3; part++)
        {
            var mixed = Avx2.Shuffle(red, Places[3 * part]) | Avx2.Shuffle(green, Places[3 * part + 1]) | Avx2.Shuffle(blue, Places[3 * part + 2]);
            mixed.GetLower().StoreUnsafe(ref pixels, (nuint)(16 * part));
            mixed.GetUpper().StoreUnsafe(ref pixels, (nuint)(3 * half + 16 * part));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<short> Red, Vector256<short> Green, Vector256<short> Blue) Half(ref byte y, ref byte cb, ref byte cr)
    {
        var luma = Widen(ref y);
        var (b, r) = (Widen(ref cb) - Vector256.Create((short)128), Widen(ref cr) - Vector256.Create((short)128));
        var half = Vector256.Create((short)128);
        // 1.402 = 1 + 26345 / 2^16, 26345 = 102 x 256 + 233; the others likewise.
        var red = luma + r + ((r * 102 + (r * 233 >> 8) + half) >> 8);
        var green = luma - r + ((r * 73 - b * 88 + ((r * 46 - b * 26) >> 8) + half) >> 8);
        var blue = luma + b + b + ((b * -58 + (b * -94 >> 8) + half) >> 8);
        return (red, green, blue);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Widen(ref byte values) => Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref values));

    // In the order of the pixels.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Pack(Vector256<short> low, Vector256<short> high) =>
        Avx2.Permute4x64(Avx2.PackUnsignedSaturate(low, high).AsInt64(), 0b11_01_10_00).AsByte();

    private static Vector256<byte> Place(int channel, int part)
    {
        var places = new byte[Vector128<byte>.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var at = 16 * part + i;
            places[i] = at % 3 == channel ? (byte)(at / 3) : byte.MaxValue;
        }

        var lane = Vector128.Create(places);
        return Vector256.Create(lane, lane);
    }
}
