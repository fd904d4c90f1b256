namespace Maskwright.Datasets;

/// <summary>
/// Follows the cracks between the pixels of a binary mask and the pixels around it. The polygons run along pixel
/// corners, so COCO's own rasterisation of them gives the mask back. COCO's polygons have no holes: a region with a
/// hole is cut by a vertical line through the hole into several polygons, as annotators do.
/// </summary>
internal static class ContourTracer
{
    private const int East = 0, South = 1, West = 2, North = 3;

    /// <summary>Traces the outlines of the mask.</summary>
    /// <param name="mask">Row-major, length width x height.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="least">Parts and holes of fewer pixels are dropped or filled, as an annotator would; 1 = exact.</param>
    /// <returns>Polygons as x, y, x, y, … in pixels. Unmarked pixels inside small holes are enclosed.</returns>
    public static IReadOnlyList<double[]> Trace(ReadOnlySpan<bool> mask, int width, int height, int least = 1)
    {
        var parts = new List<double[]>();
        Trace(mask, width, height, 0, width, least, parts);
        return parts;
    }

    private static void Trace(ReadOnlySpan<bool> mask, int width, int height, int left, int right, int least, List<double[]> parts)
    {
        var cracks = Cracks(mask, width, height, left, right);
        var stride = right - left + 1;
        var found = new List<double[]>();
        for (var start = 0; start < cracks.Length; start++)
        {
            while ((cracks[start] & (1 << East)) != 0)
            {
                var contour = Follow(cracks, stride, start, left);
                var area = SignedArea(contour);
                if (area < 0 && -area >= least)
                {
                    var cut = HoleMiddle(contour);
                    Trace(mask, width, height, left, cut, least, parts);
                    Trace(mask, width, height, cut, right, least, parts);
                    return;
                }

                if (area >= least)
                    found.Add(contour);
            }
        }

        parts.AddRange(found);
    }

    /// <summary>
    /// Cracks leaving each pixel corner, one bit a direction. The region lies to the right of the way (y downwards),
    /// so outer contours run clockwise and holes anticlockwise.
    /// </summary>
    private static byte[] Cracks(ReadOnlySpan<bool> mask, int width, int height, int left, int right)
    {
        var stride = right - left + 1;
        var cracks = new byte[stride * (height + 1)];
        for (var y = 0; y < height; y++)
        {
            var row = mask.Slice(y * width, width);
            for (var x = left; x < right; x++)
            {
                if (!row[x])
                    continue;
                var corner = y * stride + x - left;
                if (y == 0 || !mask[(y - 1) * width + x])
                    cracks[corner] |= 1 << East;
                if (x == right - 1 || !row[x + 1])
                    cracks[corner + 1] |= 1 << South;
                if (y == height - 1 || !mask[(y + 1) * width + x])
                    cracks[corner + stride + 1] |= 1 << West;
                if (x == left || !row[x - 1])
                    cracks[corner + stride] |= 1 << North;
            }
        }

        return cracks;
    }

    /// <summary>Follows one closed contour from a crack that goes east, using it up. Where two meet it turns right: regions that touch at a corner stay apart.</summary>
    private static double[] Follow(byte[] cracks, int stride, int start, int left)
    {
        var points = new List<double>();
        var (at, way, previous) = (start, East, -1);
        do
        {
            cracks[at] &= (byte)~(1 << way);
            if (way != previous)
            {
                points.Add(at % stride + left);
                points.Add(at / stride);
            }

            previous = way;
            at += way switch { East => 1, South => stride, West => -1, _ => -stride };
            foreach (var turn in (ReadOnlySpan<int>)[1, 0, 3])
            {
                way = (previous + turn) & 3;
                if ((cracks[at] & (1 << way)) != 0 || (at == start && way == East))
                    break;
            }
        }
        while (at != start || way != East);

        return [.. points];
    }

    private static double SignedArea(double[] contour)
    {
        var twice = 0d;
        for (var i = 0; i < contour.Length; i += 2)
        {
            var next = (i + 2) % contour.Length;
            twice += contour[i] * contour[next + 1] - contour[next] * contour[i + 1];
        }

        return twice / 2;
    }

    private static int HoleMiddle(double[] contour)
    {
        var (least, most) = (double.MaxValue, double.MinValue);
        for (var i = 0; i < contour.Length; i += 2)
        {
            least = Math.Min(least, contour[i]);
            most = Math.Max(most, contour[i]);
        }

        return (int)((least + most) / 2) is var middle && middle > least ? middle : (int)most;
    }
}
