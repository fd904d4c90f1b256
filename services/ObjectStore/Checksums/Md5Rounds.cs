using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Maskwright.ObjectStore;

/// <summary>
/// The rounds of MD5 (RFC 1321, 3.4) over whole blocks of 64 bytes: of one digest, or of up to eight side by side, each in a
/// lane of the processor's vectors. A step of MD5 waits for the one before it, so that eight lanes take about twice as long as
/// one digest. State and words are little-endian, as the processors are that .NET runs on here.
/// </summary>
internal static class Md5Rounds
{
    /// <summary>Bytes of a block.</summary>
    internal const int BlockBytes = 64;

    /// <summary>Digests that go side by side.</summary>
    internal const int Lanes = 8;

    private const int Words = 16;
    private static readonly uint[] Sines = [.. Enumerable.Range(1, 64).Select(i => (uint)(Math.Abs(Math.Sin(i)) * 4294967296.0))];

    /// <summary>Whether the processor has the vectors.</summary>
    internal static bool HasLanes => Avx2.IsSupported;

    /// <summary>The state of a digest of nothing.</summary>
    internal static uint[] NewState() => [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

    /// <summary>Takes blocks into one digest.</summary>
    /// <param name="state">The digest's four words.</param>
    /// <param name="blocks">Whole blocks.</param>
    // Sums stand in the order in which their parts are ready: what a step waits for comes last.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Append(uint[] state, ReadOnlySpan<byte> blocks)
    {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        ref var k = ref MemoryMarshal.GetArrayDataReference(Sines);
        ref var w = ref Unsafe.As<byte, uint>(ref MemoryMarshal.GetReference(blocks));
        for (var left = blocks.Length / BlockBytes; left > 0; left--)
        {
            var (a0, b0, c0, d0) = (a, b, c, d);
            for (nint i = 0; i < Words; i += 4)
            {
                a = b + BitOperations.RotateLeft(a + Unsafe.Add(ref w, i) + Unsafe.Add(ref k, i) + (((c ^ d) & b) ^ d), 7);
                d = a + BitOperations.RotateLeft(d + Unsafe.Add(ref w, i + 1) + Unsafe.Add(ref k, i + 1) + (((b ^ c) & a) ^ c), 12);
                c = d + BitOperations.RotateLeft(c + Unsafe.Add(ref w, i + 2) + Unsafe.Add(ref k, i + 2) + (((a ^ b) & d) ^ b), 17);
                b = c + BitOperations.RotateLeft(b + Unsafe.Add(ref w, i + 3) + Unsafe.Add(ref k, i + 3) + (((d ^ a) & c) ^ a), 22);
            }

            for (nint i = 0, g = 1; i < Words; i += 4, g += 20)
            {
                a = b + BitOperations.RotateLeft(a + Unsafe.Add(ref w, g & 15) + Unsafe.Add(ref k, i + 16) + (~d & c) + (d & b), 5);
                d = a + BitOperations.RotateLeft(d + Unsafe.Add(ref w, (g + 5) & 15) + Unsafe.Add(ref k, i + 17) + (~c & b) + (c & a), 9);
                c = d + BitOperations.RotateLeft(c + Unsafe.Add(ref w, (g + 10) & 15) + Unsafe.Add(ref k, i + 18) + (~b & a) + (b & d), 14);
                b = c + BitOperations.RotateLeft(b + Unsafe.Add(ref w, (g + 15) & 15) + Unsafe.Add(ref k, i + 19) + (~a & d) + (a & c), 20);
            }

            for (nint i = 0, g = 5; i < Words; i += 4, g += 12)
            {
                a = b + BitOperations.RotateLeft(a + Unsafe.Add(ref w, g & 15) + Unsafe.Add(ref k, i + 32) + (c ^ d ^ b), 4);
                d = a + BitOperations.RotateLeft(d + Unsafe.Add(ref w, (g + 3) & 15) + Unsafe.Add(ref k, i + 33) + (b ^ c ^ a), 11);
                c = d + BitOperations.RotateLeft(c + Unsafe.Add(ref w, (g + 6) & 15) + Unsafe.Add(ref k, i + 34) + (a ^ b ^ d), 16);
                b = c + BitOperations.RotateLeft(b + Unsafe.Add(ref w, (g + 9) & 15) + Unsafe.Add(ref k, i + 35) + (d ^ a ^ c), 23);
            }

            for (nint i = 0, g = 0; i < Words; i += 4, g += 28)
            {
                a = b + BitOperations.RotateLeft(a + Unsafe.Add(ref w, g & 15) + Unsafe.Add(ref k, i + 48) + (c ^ (b | ~d)), 6);
                d = a + BitOperations.RotateLeft(d + Unsafe.Add(ref w, (g + 7) & 15) + Unsafe.Add(ref k, i + 49) + (b ^ (a | ~c)), 10);
                c = d + BitOperations.RotateLeft(c + Unsafe.Add(ref w, (g + 14) & 15) + Unsafe.Add(ref k, i + 50) + (a ^ (d | ~b)), 15);
                b = c + BitOperations.RotateLeft(b + Unsafe.Add(ref w, (g + 21) & 15) + Unsafe.Add(ref k, i + 51) + (d ^ (c | ~a)), 21);
            }

            (a, b, c, d) = (a + a0, b + b0, c + c0, d + d0);
            w = ref Unsafe.Add(ref w, Words);
        }

        (state[0], state[1], state[2], state[3]) = (a, b, c, d);
    }

    /// <summary>Takes blocks into eight digests, as many into each.</summary>
    /// <param name="states">A vector for each of the four words, a lane for each digest.</param>
    /// <param name="blocks">Where the blocks of each digest begin.</param>
    /// <param name="count">Blocks of each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe void Append(Span<Vector256<uint>> states, ReadOnlySpan<nint> blocks, int count)
    {
        var (a, b, c, d) = (states[0], states[1], states[2], states[3]);
        ref var k = ref MemoryMarshal.GetArrayDataReference(Sines);
        var w = stackalloc Vector256<uint>[Words];
        for (nint block = 0; block < count; block++)
        {
            Transpose(w, blocks, block * BlockBytes);
            Transpose(w + Lanes, blocks, (block * BlockBytes) + Vector256<byte>.Count);
            var (a0, b0, c0, d0) = (a, b, c, d);
            for (nint i = 0; i < Words; i += 4)
            {
                a = b + Rotate(a + w[i] + Vector256.Create(Unsafe.Add(ref k, i)) + Vector256.ConditionalSelect(b, c, d), 7);
                d = a + Rotate(d + w[i + 1] + Vector256.Create(Unsafe.Add(ref k, i + 1)) + Vector256.ConditionalSelect(a, b, c), 12);
                c = d + Rotate(c + w[i + 2] + Vector256.Create(Unsafe.Add(ref k, i + 2)) + Vector256.ConditionalSelect(d, a, b), 17);
                b = c + Rotate(b + w[i + 3] + Vector256.Create(Unsafe.Add(ref k, i + 3)) + Vector256.ConditionalSelect(c, d, a), 22);
            }

            for (nint i = 0, g = 1; i < Words; i += 4, g += 20)
            {
                a = b + Rotate(a + w[g & 15] + Vector256.Create(Unsafe.Add(ref k, i + 16)) + Vector256.ConditionalSelect(d, b, c), 5);
                d = a + Rotate(d + w[(g + 5) & 15] + Vector256.Create(Unsafe.Add(ref k, i + 17)) + Vector256.ConditionalSelect(c, a, b), 9);
                c = d + Rotate(c + w[(g + 10) & 15] + Vector256.Create(Unsafe.Add(ref k, i + 18)) + Vector256.ConditionalSelect(b, d, a), 14);
                b = c + Rotate(b + w[(g + 15) & 15] + Vector256.Create(Unsafe.Add(ref k, i + 19)) + Vector256.ConditionalSelect(a, c, d), 20);
            }

            for (nint i = 0, g = 5; i < Words; i += 4, g += 12)
            {
                a = b + Rotate(a + w[g & 15] + Vector256.Create(Unsafe.Add(ref k, i + 32)) + (c ^ d ^ b), 4);
                d = a + Rotate(d + w[(g + 3) & 15] + Vector256.Create(Unsafe.Add(ref k, i + 33)) + (b ^ c ^ a), 11);
                c = d + Rotate(c + w[(g + 6) & 15] + Vector256.Create(Unsafe.Add(ref k, i + 34)) + (a ^ b ^ d), 16);
                b = c + Rotate(b + w[(g + 9) & 15] + Vector256.Create(Unsafe.Add(ref k, i + 35)) + (d ^ a ^ c), 23);
            }

            for (nint i = 0, g = 0; i < Words; i += 4, g += 28)
            {
                a = b + Rotate(a + w[g & 15] + Vector256.Create(Unsafe.Add(ref k, i + 48)) + (c ^ (b | ~d)), 6);
                d = a + Rotate(d + w[(g + 7) & 15] + Vector256.Create(Unsafe.Add(ref k, i + 49)) + (b ^ (a | ~c)), 10);
                c = d + Rotate(c + w[(g + 14) & 15] + Vector256.Create(Unsafe.Add(ref k, i + 50)) + (a ^ (d | ~b)), 15);
                b = c + Rotate(b + w[(g + 21) & 15] + Vector256.Create(Unsafe.Add(ref k, i + 51)) + (d ^ (c | ~a)), 21);
            }

            (a, b, c, d) = (a + a0, b + b0, c + c0, d + d0);
        }

        (states[0], states[1], states[2], states[3]) = (a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> words, [ConstantExpected] byte bits) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateLeft(words, bits) : (words << bits) | (words >> (32 - bits));

    // Eight words of each of eight digests become eight vectors of one word of each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Transpose(Vector256<uint>* words, ReadOnlySpan<nint> blocks, nint offset)
    {
        var (a0, a1, a2, a3) = TransposeFour(blocks[..4], offset);
        var (b0, b1, b2, b3) = TransposeFour(blocks[4..], offset);
        words[0] = Avx2.Permute2x128(a0, b0, 0x20);
        words[1] = Avx2.Permute2x128(a1, b1, 0x20);
        words[2] = Avx2.Permute2x128(a2, b2, 0x20);
        words[3] = Avx2.Permute2x128(a3, b3, 0x20);
        words[4] = Avx2.Permute2x128(a0, b0, 0x31);
        words[5] = Avx2.Permute2x128(a1, b1, 0x31);
        words[6] = Avx2.Permute2x128(a2, b2, 0x31);
        words[7] = Avx2.Permute2x128(a3, b3, 0x31);
    }

    // Words i and i + 4 of each of four digests: one in each half of the vector i.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe (Vector256<uint> First, Vector256<uint> Second, Vector256<uint> Third, Vector256<uint> Fourth) TransposeFour(ReadOnlySpan<nint> blocks, nint offset)
    {
        var row0 = Vector256.Load((uint*)(blocks[0] + offset));
        var row1 = Vector256.Load((uint*)(blocks[1] + offset));
        var row2 = Vector256.Load((uint*)(blocks[2] + offset));
        var row3 = Vector256.Load((uint*)(blocks[3] + offset));
        var low01 = Avx2.UnpackLow(row0, row1).AsUInt64();
        var low23 = Avx2.UnpackLow(row2, row3).AsUInt64();
        var high01 = Avx2.UnpackHigh(row0, row1).AsUInt64();
        var high23 = Avx2.UnpackHigh(row2, row3).AsUInt64();
        return (Avx2.UnpackLow(low01, low23).AsUInt32(), Avx2.UnpackHigh(low01, low23).AsUInt32(), Avx2.UnpackLow(high01, high23).AsUInt32(), Avx2.UnpackHigh(high01, high23).AsUInt32());
    }
}
