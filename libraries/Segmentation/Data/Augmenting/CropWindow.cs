using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>The part of an image that becomes the whole, in pixels; it may reach beyond the image.</summary>
/// <param name="Left">Its left edge.</param>
/// <param name="Top">Its upper edge.</param>
/// <param name="Width">Its width, above 0.</param>
/// <param name="Height">Its height, above 0.</param>
internal sealed record CropWindow(double Left, double Top, double Width, double Height)
{
    public static CropWindow Whole(int size) => new(0, 0, size, size);

    /// <summary>Draws a window as options ask for; null for the whole image.</summary>
    public static CropWindow? Draw(TrainingOptions options, IndexMask mask, ClassCounts? counts, ref SampleRandom random)
    {
        var size = mask.Width;
        var (resizes, area, aspect) = (
            random.NextDouble() < options.RandomResizedCrop,
            random.NextBetween(options.CropMinArea, 1),
            Math.Exp(random.NextBetween(-Math.Log(options.CropMaxAspect), Math.Log(options.CropMaxAspect))));
        var (scales, scale) = (random.NextDouble() < options.ScaleJitter, random.NextBetween(options.ScaleMin, options.ScaleMax));
        var (seeks, zoom) = (random.NextDouble() < options.RareCrop, random.NextBetween(1, 2));
        var (acrossDraw, downDraw, pixelDraw) = (random.NextDouble(), random.NextDouble(), random.NextDouble());

        var (width, height) = ((double)size, (double)size);
        if (resizes)
        {
            width = Math.Min(size, size * Math.Sqrt(area * aspect));
            height = Math.Min(size, size * Math.Sqrt(area / aspect));
        }

        if (scales)
        {
            (width, height) = (width / scale, height / scale);
        }

        var rare = seeks ? counts?.RarestOf(mask) : null;
        if (rare is not null && !resizes && !scales)
        {
            (width, height) = (size / zoom, size / zoom);
        }

        if (rare is { } index)
        {
            var (x, y) = PixelOf(mask, index, pixelDraw);
            return new CropWindow(Around(x, width, size), Around(y, height, size), width, height);
        }

        // Anywhere in the image, or around it where the window is larger.
        return resizes || scales ? new CropWindow(acrossDraw * (size - width), downDraw * (size - height), width, height) : null;
    }

    private static double Around(int pixel, double length, int size)
    {
        var (least, most) = (Math.Min(0, size - length), Math.Max(0, size - length));
        return Math.Clamp(pixel + 0.5 - (length / 2), least, most);
    }

    private static (int X, int Y) PixelOf(IndexMask mask, byte index, double draw)
    {
        var left = (int)(draw * mask.Pixels.AsSpan().Count(index));
        for (var i = 0; ; i++)
        {
            if (mask.Pixels[i] == index && left-- == 0)
            {
                return (i % mask.Width, i / mask.Width);
            }
        }
    }
}
