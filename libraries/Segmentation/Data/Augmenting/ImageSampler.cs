using System.Buffers.Binary;
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

    /// <summary>The bilinear colour of a place; more than half a pixel outside it is the fill colour.</summary>
    public void At(long x, long y, Span<byte> target)
    {
        if (x < -One / 2 || y < -One / 2 || x > (_lastColumn * (long)One) + (One / 2) || y > (_lastRow * (long)One) + (One / 2))
        {
            (target[0], target[1], target[2]) = fill;
            return;
        }

        var left = (int)(x >> FractionBits);
        var top = (int)(y >> FractionBits);
        var fractionX = (int)(x & (One - 1)) >> 8;
        var fractionY = (int)(y & (One - 1)) >> 8;
        var (x0, x1) = (Math.Max(left, 0) * 3, Math.Min(left + 1, _lastColumn) * 3);
        var rowBytes = (_lastColumn + 1) * 3;
        if ((uint)left < (uint)Math.Max(0, _lastColumn - 1) && (uint)top < (uint)_lastRow)
        {
            Inside(_pixels[((top * rowBytes) + (left * 3))..], rowBytes, fractionX, fractionY, target);
            return;
        }

        // Beyond the centre of an edge pixel the edge goes on.
        var upper = _pixels.Slice(Math.Max(top, 0) * rowBytes, rowBytes);
        var lower = _pixels.Slice(Math.Min(top + 1, _lastRow) * rowBytes, rowBytes);
        for (var channel = 0; channel < 3; channel++)
        {
            var above = (upper[x0 + channel] * (256 - fractionX)) + (upper[x1 + channel] * fractionX);
            var below = (lower[x0 + channel] * (256 - fractionX)) + (lower[x1 + channel] * fractionX);
            target[channel] = (byte)(((above * (256 - fractionY)) + (below * fractionY) + (1 << 15)) >> 16);
        }
    }

    // The three samples of a pixel at once, read with a fourth that is the next pixel's.
    private static void Inside(ReadOnlySpan<byte> corner, int rowBytes, int fractionX, int fractionY, Span<byte> target)
    {
        var (left, right) = (Vector128.Create(256 - fractionX), Vector128.Create(fractionX));
        var above = (Samples(corner) * left) + (Samples(corner[3..]) * right);
        var below = (Samples(corner[rowBytes..]) * left) + (Samples(corner[(rowBytes + 3)..]) * right);
        var mean = ((above * (256 - fractionY)) + (below * fractionY) + Vector128.Create(1 << 15)) >> 16;
        (target[0], target[1], target[2]) = ((byte)mean[0], (byte)mean[1], (byte)mean[2]);
    }

    private static Vector128<int> Samples(ReadOnlySpan<byte> pixel) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(BinaryPrimitives.ReadUInt32LittleEndian(pixel)).AsByte())).AsInt32();

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
