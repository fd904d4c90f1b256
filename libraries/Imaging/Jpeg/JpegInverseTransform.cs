using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Maskwright.Imaging;

/// <summary>
/// The inverse transform of blocks of 8x8, in whole numbers (Loeffler, Ligtenberg and Moschytz 1989, with 11 multiplications a
/// line). Factors of 13 bits and 2 bits more between the passes are those of libjpeg's accurate method ("islow"), so that samples
/// are the same to the bit, those of senseless coefficients included: libjpeg takes 10 bits of a result.
/// </summary>
internal static class JpegInverseTransform
{
    private const int FactorBits = 13;
    private const int BetweenBits = 2;
    private const int Middle = 128;
    // What a pass of columns takes without leaving 32 bits.
    private const int Largest = 8192;

    // Round(factor x 2^13).
    private const int F0298631336 = 2446;
    private const int F0390180644 = 3196;
    private const int F0541196100 = 4433;
    private const int F0765366865 = 6270;
    private const int F0899976223 = 7373;
    private const int F1175875602 = 9633;
    private const int F1501321110 = 12299;
    private const int F1847759065 = 15137;
    private const int F1961570560 = 16069;
    private const int F2053119869 = 16819;
    private const int F2562915447 = 20995;
    private const int F3072711026 = 25172;

    /// <summary>Whether the processor has the instructions.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>Transforms a block.</summary>
    /// <param name="block">64 coefficients in rows.</param>
    /// <param name="quantisation">What they are multiplied by.</param>
    /// <param name="target">The upper left sample; seven more rows follow.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <exception cref="InvalidDataException">Coefficients are larger than any picture gives.</exception>
    public static void Apply(short[] block, int[] quantisation, ref byte target, int stride)
    {
        ref var coefficients = ref MemoryMarshal.GetArrayDataReference(block);
        ref var factors = ref MemoryMarshal.GetArrayDataReference(quantisation);
        var (r0, r1, r2, r3) = (Row(0, ref coefficients, ref factors), Row(1, ref coefficients, ref factors), Row(2, ref coefficients, ref factors), Row(3, ref coefficients, ref factors));
        var (r4, r5, r6, r7) = (Row(4, ref coefficients, ref factors), Row(5, ref coefficients, ref factors), Row(6, ref coefficients, ref factors), Row(7, ref coefficients, ref factors));
        var largest = Vector256.Max(
            Vector256.Max(Vector256.Max(Vector256.Abs(r0), Vector256.Abs(r1)), Vector256.Max(Vector256.Abs(r2), Vector256.Abs(r3))),
            Vector256.Max(Vector256.Max(Vector256.Abs(r4), Vector256.Abs(r5)), Vector256.Max(Vector256.Abs(r6), Vector256.Abs(r7))));
        if (Vector256.GreaterThanAny(largest, Vector256.Create(Largest)))
        {
            throw TooLarge();
        }

        Pass(FactorBits - BetweenBits, ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Pass(0, ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Store(Sample(r0), Sample(r1), Sample(r2), Sample(r3), Sample(r4), Sample(r5), Sample(r6), Sample(r7), ref target, stride);
    }

    /// <summary>Transforms a block of nothing but its first coefficient.</summary>
    /// <param name="first">The coefficient, multiplied.</param>
    /// <param name="target">The upper left sample; seven more rows follow.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <exception cref="InvalidDataException">The coefficient is larger than any picture gives.</exception>
    public static void ApplyFirst(long first, ref byte target, int stride)
    {
        if (first is < -Largest or > Largest)
        {
            throw TooLarge();
        }

        var rounded = (((int)first << BetweenBits) + (1 << (BetweenBits + 2))) >> (BetweenBits + 3);
        var sample = Math.Clamp((rounded << 22 >> 22) + Middle, 0, 255);
        var row = 0x0101010101010101UL * (uint)sample;
        for (var y = 0; y < JpegFrame.BlockSide; y++)
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, y * stride), row);
        }
    }

    private static InvalidDataException TooLarge() => new("a block has coefficients that are too large");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Row(int row, ref short coefficients, ref int factors)
    {
        var packed = Vector128.LoadUnsafe(ref coefficients, (nuint)(row * JpegFrame.BlockSide));
        return Avx2.ConvertToVector256Int32(packed) * Vector256.LoadUnsafe(ref factors, (nuint)(row * JpegFrame.BlockSide));
    }

    // Eight lines at once, each in a lane of its own.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(
        int shift,
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        ref Vector256<int> v4, ref Vector256<int> v5, ref Vector256<int> v6, ref Vector256<int> v7)
    {
        var rotated = (v2 + v6) * F0541196100;
        var even2 = rotated - v6 * F1847759065;
        var even3 = rotated + v2 * F0765366865;
        var even0 = (v0 + v4) << FactorBits;
        var even1 = (v0 - v4) << FactorBits;
        // Rounds what is shifted out.
        var half = Vector256.Create(shift == 0 ? 0 : 1 << (shift - 1));
        even0 += half;
        even1 += half;
        var (a0, a1, a2, a3) = (even0 + even3, even1 + even2, even1 - even2, even0 - even3);

        var (odd0, odd1, odd2, odd3) = (v7, v5, v3, v1);
        var z5 = (odd0 + odd2 + odd1 + odd3) * F1175875602;
        var z1 = (odd0 + odd3) * -F0899976223;
        var z2 = (odd1 + odd2) * -F2562915447;
        var z3 = z5 - (odd0 + odd2) * F1961570560;
        var z4 = z5 - (odd1 + odd3) * F0390180644;
        odd0 = odd0 * F0298631336 + z1 + z3;
        odd1 = odd1 * F2053119869 + z2 + z4;
        odd2 = odd2 * F3072711026 + z2 + z3;
        odd3 = odd3 * F1501321110 + z1 + z4;

        (v0, v7) = ((a0 + odd3) >> shift, (a0 - odd3) >> shift);
        (v1, v6) = ((a1 + odd2) >> shift, (a1 - odd2) >> shift);
        (v2, v5) = ((a2 + odd1) >> shift, (a2 - odd1) >> shift);
        (v3, v4) = ((a3 + odd0) >> shift, (a3 - odd0) >> shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sample(Vector256<int> scaled)
    {
        // Ten bits and their sign: moved up against the end, and down as far as the passes have scaled them.
        const int down = FactorBits + BetweenBits + 3;
        const int unused = 32 - 10 - down;
        return ((scaled + Vector256.Create(1 << (down - 1))) << unused >> (unused + down)) + Vector256.Create(Middle);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        ref Vector256<int> v4, ref Vector256<int> v5, ref Vector256<int> v6, ref Vector256<int> v7)
    {
        var (a0, a1) = (Avx2.UnpackLow(v0, v1).AsInt64(), Avx2.UnpackHigh(v0, v1).AsInt64());
        var (a2, a3) = (Avx2.UnpackLow(v2, v3).AsInt64(), Avx2.UnpackHigh(v2, v3).AsInt64());
        var (a4, a5) = (Avx2.UnpackLow(v4, v5).AsInt64(), Avx2.UnpackHigh(v4, v5).AsInt64());
        var (a6, a7) = (Avx2.UnpackLow(v6, v7).AsInt64(), Avx2.UnpackHigh(v6, v7).AsInt64());
        var (b0, b1) = (Avx2.UnpackLow(a0, a2).AsInt32(), Avx2.UnpackHigh(a0, a2).AsInt32());
        var (b2, b3) = (Avx2.UnpackLow(a1, a3).AsInt32(), Avx2.UnpackHigh(a1, a3).AsInt32());
        var (b4, b5) = (Avx2.UnpackLow(a4, a6).AsInt32(), Avx2.UnpackHigh(a4, a6).AsInt32());
        var (b6, b7) = (Avx2.UnpackLow(a5, a7).AsInt32(), Avx2.UnpackHigh(a5, a7).AsInt32());
        const byte lower = 0x20;
        const byte upper = 0x31;
        (v0, v1) = (Avx2.Permute2x128(b0, b4, lower), Avx2.Permute2x128(b1, b5, lower));
        (v2, v3) = (Avx2.Permute2x128(b2, b6, lower), Avx2.Permute2x128(b3, b7, lower));
        (v4, v5) = (Avx2.Permute2x128(b0, b4, upper), Avx2.Permute2x128(b1, b5, upper));
        (v6, v7) = (Avx2.Permute2x128(b2, b6, upper), Avx2.Permute2x128(b3, b7, upper));
    }

    // Each vector is a column.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        Vector256<int> c0, Vector256<int> c1, Vector256<int> c2, Vector256<int> c3,
        Vector256<int> c4, Vector256<int> c5, Vector256<int> c6, Vector256<int> c7, ref byte target, int stride)
    {
        // Within each half, four columns of four samples become four rows of four.
        var toRows = Vector256.Create((byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        var left = Avx2.Shuffle(Avx2.PackUnsignedSaturate(Avx2.PackSignedSaturate(c0, c1), Avx2.PackSignedSaturate(c2, c3)), toRows).AsUInt32();
        var right = Avx2.Shuffle(Avx2.PackUnsignedSaturate(Avx2.PackSignedSaturate(c4, c5), Avx2.PackSignedSaturate(c6, c7)), toRows).AsUInt32();
        var rows0145 = Avx2.UnpackLow(left, right).AsUInt64();
        var rows2367 = Avx2.UnpackHigh(left, right).AsUInt64();
        Unsafe.WriteUnaligned(ref target, rows0145[0]);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, stride), rows0145[1]);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 2 * stride), rows2367[0]);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 3 * stride), rows2367[1]);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 4 * stride), rows0145[2]);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 5 * stride), rows0145[3]);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 6 * stride), rows2367[2]);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 7 * stride), rows2367[3]);
    }
}
