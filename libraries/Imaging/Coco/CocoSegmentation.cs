namespace Maskwright.Imaging;

/// <summary>The region of one annotation, in one of the three ways COCO writes it.</summary>
public abstract record CocoSegmentation
{
    private CocoSegmentation()
    {
    }

    /// <summary>The box around the region, in whole pixels of its picture; null when the region has none of them.</summary>
    /// <param name="width">Width of the picture in pixels.</param>
    /// <param name="height">Height of the picture in pixels.</param>
    /// <exception cref="FormatException">Run lengths do not fit the picture.</exception>
    public PixelBox? Bounds(int width, int height)
    {
        if (this is not Polygons polygons)
            return Rle.FromSegmentation(this, height, width).Bounds();

        // The corners say it without the pixels between them.
        var (left, top, right, bottom) = polygons.Extent();
        var (x, y) = ((int)Math.Clamp(Math.Floor(left), 0, width), (int)Math.Clamp(Math.Floor(top), 0, height));
        var (toX, toY) = ((int)Math.Clamp(Math.Ceiling(right), 0, width), (int)Math.Clamp(Math.Ceiling(bottom), 0, height));
        return toX > x && toY > y ? new PixelBox(x, y, toX - x, toY - y) : null;
    }

    /// <summary>The union of closed polygons.</summary>
    /// <param name="Parts">Each part is x0, y0, x1, y1, … in pixels from the top left corner, at least 6 finite numbers.</param>
    public sealed record Polygons(IReadOnlyList<double[]> Parts) : CocoSegmentation
    {
        /// <summary>The box around all parts, in pixels.</summary>
        public (double Left, double Top, double Right, double Bottom) Extent()
        {
            var x = Parts.SelectMany(part => part.Where((_, i) => i % 2 == 0)).ToList();
            var y = Parts.SelectMany(part => part.Where((_, i) => i % 2 == 1)).ToList();
            return (x.Min(), y.Min(), x.Max(), y.Max());
        }

        /// <summary>True when the box around all parts and the picture have nothing in common.</summary>
        /// <param name="width">Width of the picture in pixels.</param>
        /// <param name="height">Height of the picture in pixels.</param>
        public bool LiesOutside(int width, int height)
        {
            var (left, top, right, bottom) = Extent();
            return right <= 0 || bottom <= 0 || left >= width || top >= height;
        }
    }

    /// <summary>Run lengths as numbers (COCO's crowds).</summary>
    /// <param name="Height">Height of the mask in pixels.</param>
    /// <param name="Width">Width of the mask in pixels.</param>
    /// <param name="Counts">Column-major runs, outside first; they add up to Height x Width.</param>
    public sealed record UncompressedRle(int Height, int Width, uint[] Counts) : CocoSegmentation;

    /// <summary>Run lengths packed into a string.</summary>
    /// <param name="Height">Height of the mask in pixels.</param>
    /// <param name="Width">Width of the mask in pixels.</param>
    /// <param name="Counts">COCO's packed form; see <see cref="Rle.FromString"/>.</param>
    public sealed record CompressedRle(int Height, int Width, string Counts) : CocoSegmentation;
}
