using System.Numerics;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>
/// Which pixels of a mask lie near an outline: those whose square window of side 2d + 1 holds another class or reaches beyond
/// the picture. That is each class's mask without its erosion, the inner boundary region of Cheng et al. 2021, "Boundary
/// IoU", for all classes at once. A pixel that is ignored (255) belongs to no band and draws no outline.
/// </summary>
/// <remarks>A window holds one class alone when its least and its greatest index are the same; both come from running
/// minima over the rows, then over the columns.</remarks>
internal sealed class BoundaryBand
{
    private const double DiagonalShare = 0.02;

    private readonly int _distance;
    private readonly byte[] _least;
    private readonly byte[] _greatest;
    private readonly byte[] _columns;
    private readonly byte[] _scratch;

    /// <param name="width">Width of the masks, in pixels.</param>
    /// <param name="height">Height of the masks, in pixels.</param>
    public BoundaryBand(int width, int height)
    {
        (Width, Height) = (width, height);
        _distance = DistanceFor(width, height);
        _least = new byte[width * height];
        _greatest = new byte[width * height];
        _columns = new byte[width * (height + (2 * _distance))];
        _scratch = new byte[width + (2 * _distance)];
    }

    /// <summary>Width of the masks, in pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the masks, in pixels.</summary>
    public int Height { get; }

    /// <summary>How far from an outline the band reaches: 2% of the diagonal, at least 1 pixel.</summary>
    public static int DistanceFor(int width, int height) =>
        Math.Max(1, (int)Math.Round(DiagonalShare * Math.Sqrt(((double)width * width) + ((double)height * height)), MidpointRounding.AwayFromZero));

    /// <summary>Writes 1 for each pixel of the band and 0 for the others.</summary>
    /// <param name="mask">Class indices [H, W]; 255 is ignored.</param>
    /// <param name="band">As many values.</param>
    public void Mark(ReadOnlySpan<byte> mask, Span<byte> band)
    {
        // Ignored pixels stay 255 in both and so are never the least. The greatest index is 254 less the least of
        // 254 - index, so that one routine of running minima serves both.
        mask.CopyTo(_least);
        Complement(mask, _greatest);
        Spread(_least);
        Spread(_greatest);
        Complement(_greatest, _greatest);
        MarkDifferent(_least, _greatest, band);
        MarkFrame(band);
        Clear(mask, band);
    }

    /// <summary>254 - index; 255 stays what it is.</summary>
    private static void Complement(ReadOnlySpan<byte> values, Span<byte> target)
    {
        var whole = new Vector<byte>(254);
        var i = 0;
        for (; i <= target.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (whole - new Vector<byte>(values[i..])).CopyTo(target[i..]);
        for (; i < target.Length; i++)
            target[i] = unchecked((byte)(254 - values[i]));
    }

    private static void MarkDifferent(ReadOnlySpan<byte> least, ReadOnlySpan<byte> greatest, Span<byte> band)
    {
        var i = 0;
        for (; i <= band.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            Vector.AndNot(Vector<byte>.One, Vector.Equals(new Vector<byte>(least[i..]), new Vector<byte>(greatest[i..]))).CopyTo(band[i..]);
        for (; i < band.Length; i++)
            band[i] = least[i] == greatest[i] ? (byte)0 : (byte)1;
    }

    private static void Clear(ReadOnlySpan<byte> mask, Span<byte> band)
    {
        var ignore = new Vector<byte>(IndexMask.Ignore);
        var i = 0;
        for (; i <= band.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            Vector.AndNot(new Vector<byte>(band[i..]), Vector.Equals(new Vector<byte>(mask[i..]), ignore)).CopyTo(band[i..]);
        for (; i < band.Length; i++)
            band[i] = mask[i] == IndexMask.Ignore ? (byte)0 : band[i];
    }

    // Beyond the picture there is no class: what lies within the distance of its edge is band.
    private void MarkFrame(Span<byte> band)
    {
        var side = Math.Min(_distance, Width);
        for (var y = 0; y < Height; y++)
        {
            var row = band.Slice(y * Width, Width);
            if (y < _distance || y >= Height - _distance)
            {
                row.Fill(1);
                continue;
            }

            row[..side].Fill(1);
            row[^side..].Fill(1);
        }
    }

    /// <summary>Replaces each value by the least of its window.</summary>
    private void Spread(byte[] values)
    {
        for (var y = 0; y < Height; y++)
            SpreadRow(values.AsSpan(y * Width, Width));

        // A column is the same with rows for places.
        var padded = _columns.AsSpan();
        padded.Fill(byte.MaxValue);
        values.CopyTo(padded[(_distance * Width)..]);
        SpreadBack(padded, Width);
        padded[..values.Length].CopyTo(values);
    }

    private void SpreadRow(Span<byte> row)
    {
        var padded = _scratch.AsSpan();
        padded.Fill(byte.MaxValue);
        row.CopyTo(padded[_distance..]);
        SpreadBack(padded, 1);
        padded[..row.Length].CopyTo(row);
    }

    // After the step for a span s, each place holds the least of itself and the s - 1 behind it; spans double until the
    // window's side is reached, the last step overlapping.
    private void SpreadBack(Span<byte> padded, int stride)
    {
        var side = (2 * _distance) + 1;
        for (var span = 1; span < side;)
        {
            var step = Math.Min(span, side - span);
            Least(padded[..^(step * stride)], padded[(step * stride)..], padded[..^(step * stride)]);
            span += step;
        }
    }

    private static void Least(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> target)
    {
        var i = 0;
        for (; i <= target.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            Vector.Min(new Vector<byte>(a[i..]), new Vector<byte>(b[i..])).CopyTo(target[i..]);
        for (; i < target.Length; i++)
            target[i] = Math.Min(a[i], b[i]);
    }
}
