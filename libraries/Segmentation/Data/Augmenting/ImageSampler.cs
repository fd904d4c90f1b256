using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>Colours between the pixels of an image, at places in 16-bit fixed point.</summary>
internal readonly ref struct ImageSampler(RgbImage image, (byte Red, byte Green, byte Blue) fill)
{
    private const int FractionBits = 16;
    private const int One = 1 << FractionBits;

    private readonly ReadOnlySpan<byte> _pixels = image.Pixels;
    private readonly int _lastColumn = image.Width - 1;
    private readonly int _lastRow = image.Height - 1;
    private readonly int _rowBytes = image.Width * 3;
    // Eight bytes are read of two pixels that have six.
    private readonly int _insideColumns = Math.Max(0, image.Width - 2);

    /// <summary>The bilinear colour of a place; more than half a pixel outside it is the fill colour.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At(long x, long y, Span<byte> target)
    {
        // Shifted as they are, so that what is far outside does not come back in.
        var (left, top) = (x >> FractionBits, y >> FractionBits);
        if ((ulong)left < (ulong)_insideColumns && (ulong)top < (ulong)_lastRow)
        {
            ref var corner = ref Unsafe.Add(ref MemoryMarshal.GetReference(_pixels), ((int)top * _rowBytes) + ((int)left * 3));
            Inside(ref corner, _rowBytes, Fraction(x), Fraction(y), target);
        }
        else
        {
            AtEdge(x, y, target);
        }
    }

    private static int Fraction(long place) => (int)(place & (One - 1)) >> 8;

    private void AtEdge(long x, long y, Span<byte> target)
    {
        if (x < -One / 2 || y < -One / 2 || x > (_lastColumn * (long)One) + (One / 2) || y > (_lastRow * (long)One) + (One / 2))
        {
            (target[0], target[1], target[2]) = fill;
            return;
        }

        var (left, top) = ((int)(x >> FractionBits), (int)(y >> FractionBits));
        var (fractionX, fractionY) = (Fraction(x), Fraction(y));
        var (x0, x1) = (Math.Max(left, 0) * 3, Math.Min(left + 1, _lastColumn) * 3);
        // Beyond the centre of an edge pixel the edge goes on.
        var upper = _pixels.Slice(Math.Max(top, 0) * _rowBytes, _rowBytes);
        var lower = _pixels.Slice(Math.Min(top + 1, _lastRow) * _rowBytes, _rowBytes);
        for (var channel = 0; channel < 3; channel++)
        {
            var above = (upper[x0 + channel] * (256 - fractionX)) + (upper[x1 + channel] * fractionX);
            var below = (lower[x0 + channel] * (256 - fractionX)) + (lower[x1 + channel] * fractionX);
            target[channel] = (byte)(((above * (256 - fractionY)) + (below * fractionY) + (1 << 15)) >> 16);
        }
    }

    // The three samples of a pixel at once, read with those of the next pixel and the first two behind it: there is one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Inside(ref byte corner, int rowBytes, int fractionX, int fractionY, Span<byte> target)
    {
        var (left, right) = (Vector128.Create((ushort)(256 - fractionX)), Vector128.Create((ushort)fractionX));
        var above = Across(ref corner, left, right) * (uint)(256 - fractionY);
        var below = Across(ref Unsafe.Add(ref corner, rowBytes), left, right) * (uint)fractionY;
        var mean = (above + below + Vector128.Create(1u << 15)) >>> 16;
        (target[0], target[1], target[2]) = ((byte)mean[0], (byte)mean[1], (byte)mean[2]);
    }

    // At most 255 x 256, which 16 bits hold.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Across(ref byte pixel, Vector128<ushort> left, Vector128<ushort> right)
    {
        var two = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref pixel)).AsByte());
        var next = Vector128.Shuffle(two, Vector128.Create((ushort)3, 4, 5, 3, 4, 5, 3, 4));
        return Vector128.WidenLower((two * left) + (next * right));
    }

    /// <summary>The mean of four places around one, for a result that is smaller than its source.</summary>
    /// <param name="x">The place.</param>
    /// <param name="y">The place.</param>
    /// <param name="across">A quarter of the way to the next pixel of the result.</param>
    /// <param name="down">A quarter of the way to the one below.</param>
    /// <param name="target">Gets the colour.</param>
    public void Mean(long x, long y, (long X, long Y) across, (long X, long Y) down, Span<byte> target)
    {
        Span<byte> samples = stackalloc byte[12];
        At(x - across.X - down.X, y - across.Y - down.Y, samples);
        At(x + across.X - down.X, y + across.Y - down.Y, samples[3..]);
        At(x - across.X + down.X, y - across.Y + down.Y, samples[6..]);
        At(x + across.X + down.X, y + across.Y + down.Y, samples[9..]);
        for (var channel = 0; channel < 3; channel++)
        {
            target[channel] = (byte)((samples[channel] + samples[3 + channel] + samples[6 + channel] + samples[9 + channel] + 2) / 4);
        }
    }
}
