using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Maskwright.Imaging;

/// <summary>Turns rows of bytes into columns, in squares of 8x8.</summary>
internal static class ByteSquare
{
    /// <summary>Side of a square.</summary>
    public const int Side = 8;

    /// <summary>Writes rows as columns.</summary>
    /// <param name="source">The first row.</param>
    /// <param name="sourceStride">Bytes from row to row.</param>
    /// <param name="target">The first column.</param>
    /// <param name="targetStride">Bytes from column to column.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Bytes of a row.</param>
    public static void Transpose(ReadOnlySpan<byte> source, int sourceStride, Span<byte> target, int targetStride, int rows, int columns)
    {
        for (var y = 0; y < rows; y += Side)
        {
            for (var x = 0; x < columns; x += Side)
            {
                var (down, across) = (Math.Min(Side, rows - y), Math.Min(Side, columns - x));
                var from = source[(y * sourceStride + x)..];
                var to = target[(x * targetStride + y)..];
                if (Sse2.IsSupported && down == Side && across == Side)
                {
                    // Checked once for what follows.
                    _ = (from[(Side - 1) * sourceStride + Side - 1], to[(Side - 1) * targetStride + Side - 1]);
                    TransposeSquare(ref MemoryMarshal.GetReference(from), sourceStride, ref MemoryMarshal.GetReference(to), targetStride);
                    continue;
                }

                for (var row = 0; row < down; row++)
                {
                    for (var column = 0; column < across; column++)
                    {
                        to[column * targetStride + row] = from[row * sourceStride + column];
                    }
                }
            }
        }
    }

    // Into the loop around it, as what is below: a picture is too soon done for a second compilation.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeSquare(ref byte source, int sourceStride, ref byte target, int targetStride)
    {
        var (a0, a1) = (Pair(0, ref source, sourceStride), Pair(2, ref source, sourceStride));
        var (a2, a3) = (Pair(4, ref source, sourceStride), Pair(6, ref source, sourceStride));
        var (b0, b1) = (Sse2.UnpackLow(a0, a1).AsInt32(), Sse2.UnpackHigh(a0, a1).AsInt32());
        var (b2, b3) = (Sse2.UnpackLow(a2, a3).AsInt32(), Sse2.UnpackHigh(a2, a3).AsInt32());
        Store(Sse2.UnpackLow(b0, b2), 0, ref target, targetStride);
        Store(Sse2.UnpackHigh(b0, b2), 2, ref target, targetStride);
        Store(Sse2.UnpackLow(b1, b3), 4, ref target, targetStride);
        Store(Sse2.UnpackHigh(b1, b3), 6, ref target, targetStride);
    }

    // Two rows, a byte of each in turns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Pair(int row, ref byte source, int stride)
    {
        var first = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, row * stride))).AsByte();
        var second = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, (row + 1) * stride))).AsByte();
        return Sse2.UnpackLow(first, second).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<int> columns, int column, ref byte target, int stride)
    {
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, column * stride), columns.AsUInt64()[0]);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, (column + 1) * stride), columns.AsUInt64()[1]);
    }
}
