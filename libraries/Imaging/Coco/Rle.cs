using System.Text;

namespace Maskwright.Imaging;

/// <summary>
/// A binary mask as COCO's run lengths: column after column from the left, each from top to bottom, the lengths of
/// alternating runs outside and inside, outside first. Same pixels and same strings as pycocotools (maskApi.c).
/// </summary>
public sealed class Rle
{
    private readonly uint[] _counts;

    private Rle(int height, int width, uint[] counts) => (Height, Width, _counts) = (height, width, counts);

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Run lengths, outside first; they add up to Height x Width.</summary>
    public ReadOnlySpan<uint> Counts => _counts;

    /// <summary>Pixels inside.</summary>
    public long Area
    {
        get
        {
            var area = 0L;
            for (var i = 1; i < _counts.Length; i += 2)
            {
                area += _counts[i];
            }

            return area;
        }
    }

    /// <summary>Rasterises the union of closed polygons, pixel for pixel as pycocotools does.</summary>
    /// <param name="parts">Each part is x0, y0, x1, y1, … in pixels; what lies outside the mask is clipped.</param>
    /// <param name="height">Height of the mask in pixels.</param>
    /// <param name="width">Width of the mask in pixels.</param>
    /// <exception cref="FormatException">A part is no polygon; see <see cref="CocoSegmentation.Polygons"/>.</exception>
    public static Rle FromPolygons(IReadOnlyList<double[]> parts, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(parts);
        CheckSize(height, width);
        var masks = parts.Select(part => new Rle(height, width, PolygonRaster.Runs(part, height, width))).ToList();
        return masks.Count == 1 ? masks[0] : Union(masks, height, width);
    }

    /// <summary>Takes run lengths as they are.</summary>
    /// <param name="height">Height of the mask in pixels.</param>
    /// <param name="width">Width of the mask in pixels.</param>
    /// <param name="counts">Run lengths, outside first.</param>
    /// <exception cref="FormatException">The runs do not add up to height x width.</exception>
    public static Rle FromCounts(int height, int width, ReadOnlySpan<uint> counts)
    {
        CheckSize(height, width);
        var sum = 0L;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum == (long)height * width
            ? new Rle(height, width, counts.ToArray())
            : throw new FormatException(
                $"the run lengths add up to {sum}; a mask of size [{height}, {width}] needs {(long)height * width}");
    }

    /// <summary>
    /// Unpacks COCO's string: five bits a character from '0' on, low bits first, bit 5 says that more follow, the last
    /// group carries the sign; from the fourth run on the difference to the run before the last is stored.
    /// </summary>
    /// <param name="height">Height of the mask in pixels.</param>
    /// <param name="width">Width of the mask in pixels.</param>
    /// <param name="packed">The string, as <see cref="ToString"/> writes it.</param>
    /// <exception cref="FormatException">The string is no packed run lengths, or they do not fit the size.</exception>
    public static Rle FromString(int height, int width, string packed)
    {
        ArgumentNullException.ThrowIfNull(packed);
        CheckSize(height, width);
        var counts = new List<uint>();
        for (var at = 0; at < packed.Length;)
        {
            var value = ReadPacked(packed, ref at);
            if (counts.Count > 2)
            {
                value += counts[^2];
            }

            if (value < 0 || value > (long)height * width)
            {
                throw new FormatException($"run {counts.Count} of the packed run lengths is {value}, "
                    + $"which does not fit a mask of size [{height}, {width}]");
            }

            counts.Add((uint)value);
        }

        return FromCounts(height, width, [.. counts]);
    }

    /// <summary>Runs of whichever way an annotation is written.</summary>
    /// <param name="segmentation">The region.</param>
    /// <param name="height">Height of the picture in pixels.</param>
    /// <param name="width">Width of the picture in pixels.</param>
    /// <exception cref="FormatException">The region is malformed, or its own size is another one.</exception>
    public static Rle FromSegmentation(CocoSegmentation segmentation, int height, int width)
    {
        var rle = segmentation switch
        {
            CocoSegmentation.Polygons polygons => FromPolygons(polygons.Parts, height, width),
            CocoSegmentation.UncompressedRle runs => FromCounts(runs.Height, runs.Width, runs.Counts),
            CocoSegmentation.CompressedRle packed => FromString(packed.Height, packed.Width, packed.Counts),
            _ => throw new ArgumentException("Unknown kind of segmentation.", nameof(segmentation)),
        };
        return rle.Height == height && rle.Width == width
            ? rle
            : throw new FormatException(
                $"the run lengths are of size [{rle.Height}, {rle.Width}], the picture is of size [{height}, {width}]");
    }

    /// <summary>COCO's packed string; see <see cref="FromString"/>.</summary>
    public override string ToString()
    {
        var packed = new StringBuilder();
        for (var i = 0; i < _counts.Length; i++)
        {
            var value = i > 2 ? (long)_counts[i] - _counts[i - 2] : _counts[i];
            bool more;
            do
            {
                var bits = (int)(value & 0x1f);
                value >>= 5;
                more = (bits & 0x10) != 0 ? value != -1 : value != 0;
                packed.Append((char)('0' + (more ? bits | 0x20 : bits)));
            }
            while (more);
        }

        return packed.ToString();
    }

    /// <summary>Smallest box around the inside, in whole pixels; null when nothing is inside.</summary>
    public PixelBox? Bounds()
    {
        int left = Width, right = -1, top = Height, bottom = -1;
        foreach (var (start, end) in Inside())
        {
            var (firstColumn, firstRow) = Math.DivRem((int)start, Height);
            var (lastColumn, lastRow) = Math.DivRem((int)end - 1, Height);
            left = Math.Min(left, firstColumn);
            right = Math.Max(right, lastColumn);
            // A run that goes on in the next column touches the bottom of one and the top of the other.
            top = firstColumn == lastColumn ? Math.Min(top, firstRow) : 0;
            bottom = firstColumn == lastColumn ? Math.Max(bottom, lastRow) : Height - 1;
        }

        return right < 0 ? null : new PixelBox(left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>Sets every pixel inside to a value.</summary>
    /// <param name="mask">The mask to paint on, of the same size.</param>
    /// <param name="value">Class index, or <see cref="IndexMask.Ignore"/>.</param>
    /// <exception cref="ArgumentException">The mask has another size.</exception>
    public void Paint(IndexMask mask, byte value)
    {
        foreach (var (first, pixels) in ColumnsInside(mask))
        {
            var at = first;
            for (var left = pixels; left > 0; left--, at += Width)
            {
                mask.Pixels[at] = value;
            }
        }
    }

    /// <summary>Sets every pixel inside that is 0 to a value, and to <see cref="IndexMask.Ignore"/> where there is another value already.</summary>
    /// <param name="mask">The mask to paint on, of the same size.</param>
    /// <param name="value">Class index.</param>
    /// <exception cref="ArgumentException">The mask has another size.</exception>
    public void PaintUndisputed(IndexMask mask, byte value)
    {
        foreach (var (first, pixels) in ColumnsInside(mask))
        {
            var at = first;
            for (var left = pixels; left > 0; left--, at += Width)
            {
                mask.Pixels[at] = mask.Pixels[at] == 0 || mask.Pixels[at] == value ? value : IndexMask.Ignore;
            }
        }
    }

    private static Rle Union(IReadOnlyList<Rle> masks, int height, int width)
    {
        var counts = new List<uint>();
        long painted = 0, inside = 0;
        foreach (var (start, end) in masks.SelectMany(mask => mask.Inside()).Order())
        {
            if (start > painted || counts.Count == 0)
            {
                if (counts.Count > 0)
                {
                    counts.Add((uint)inside);
                }

                counts.Add((uint)(start - painted));
                inside = 0;
                painted = start;
            }

            inside += Math.Max(0, end - painted);
            painted = Math.Max(painted, end);
        }

        if (counts.Count > 0)
        {
            counts.Add((uint)inside);
        }

        var rest = (long)height * width - painted;
        if (rest > 0)
        {
            counts.Add((uint)rest);
        }

        return new Rle(height, width, [.. counts]);
    }

    // Half-open ranges of column-major pixel numbers; a 100-megapixel mask fits an int, a sum of runs is checked as long.
    private IEnumerable<(long Start, long End)> Inside()
    {
        var at = 0L;
        for (var i = 0; i < _counts.Length; at += _counts[i], i++)
        {
            if (i % 2 == 1 && _counts[i] > 0)
            {
                yield return (at, at + _counts[i]);
            }
        }
    }

    // What lies inside of each column: number of the first pixel in the mask, and how many below it.
    private IEnumerable<(int First, int Pixels)> ColumnsInside(IndexMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (mask.Width != Width || mask.Height != Height)
        {
            throw new ArgumentException($"Runs of {Width}x{Height} do not fit a mask of {mask.Width}x{mask.Height}.", nameof(mask));
        }

        foreach (var (start, end) in Inside())
        {
            var (column, row) = Math.DivRem((int)start, Height);
            for (var left = (int)(end - start); left > 0; row = 0, column++)
            {
                var pixels = Math.Min(left, Height - row);
                yield return (row * Width + column, pixels);
                left -= pixels;
            }
        }
    }

    private static long ReadPacked(string packed, ref int at)
    {
        const int LongestNumber = 7; // 35 bits: a 32-bit difference with its sign
        var start = at;
        var value = 0L;
        for (var shift = 0; ; shift += 5)
        {
            if (at == packed.Length || at - start == LongestNumber || packed[at] is < '0' or > 'o')
            {
                throw new FormatException($"the packed run lengths are damaged or cut off at character {at}");
            }

            var bits = packed[at++] - '0';
            value |= (bits & 0x1fL) << shift;
            if ((bits & 0x20) == 0)
            {
                return (bits & 0x10) == 0 ? value : value | (-1L << (shift + 5));
            }
        }
    }

    private static void CheckSize(int height, int width)
    {
        if (height < 1 || width < 1 || (long)height * width > ImageCodec.MaxPixels)
        {
            throw new FormatException($"a mask of size [{height}, {width}] is outside 1 to {ImageCodec.MaxPixels} pixels");
        }
    }
}
