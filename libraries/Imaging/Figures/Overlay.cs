namespace Maskwright.Imaging;

/// <summary>A mask laid over its picture.</summary>
public static class Overlay
{
    /// <summary>The opacity at which both picture and mask are easily made out.</summary>
    public const double UsualOpacity = 0.55;

    /// <summary>
    /// Tints each pixel with the colour of its class and draws the border of each region in the full colour. Background
    /// (class 0) shows the picture as it is.
    /// </summary>
    /// <param name="image">The picture.</param>
    /// <param name="mask">Its mask, of the same size.</param>
    /// <param name="palette">A colour for each class.</param>
    /// <param name="opacity">0 (picture only) to 1 (colour only).</param>
    /// <exception cref="ArgumentException">Picture and mask differ in size, or the opacity is outside 0 to 1.</exception>
    public static RgbImage Blend(RgbImage image, IndexMask mask, Palette palette, double opacity)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(palette);
        if (!(opacity is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(opacity), opacity, "Opacity is a number from 0 to 1.");
        }

        if (mask.Width != image.Width || mask.Height != image.Height)
        {
            throw new ArgumentException(
                $"A mask of {mask.Width}x{mask.Height} does not fit a picture of {image.Width}x{image.Height}.", nameof(mask));
        }

        var pixels = (byte[])image.Pixels.Clone();
        for (var y = 0; y < mask.Height; y++)
        {
            for (var x = 0; x < mask.Width; x++)
            {
                var at = y * mask.Width + x;
                if (mask.Pixels[at] != 0)
                {
                    var share = opacity > 0 && IsBorder(mask, x, y) ? 1 : opacity;
                    Tint(pixels.AsSpan(at * 3, 3), palette[mask.Pixels[at]], share);
                }
            }
        }

        return new RgbImage(image.Width, image.Height, pixels);
    }

    private static bool IsBorder(IndexMask mask, int x, int y)
    {
        var at = y * mask.Width + x;
        var value = mask.Pixels[at];
        return (x > 0 && mask.Pixels[at - 1] != value)
            || (x < mask.Width - 1 && mask.Pixels[at + 1] != value)
            || (y > 0 && mask.Pixels[at - mask.Width] != value)
            || (y < mask.Height - 1 && mask.Pixels[at + mask.Width] != value);
    }

    private static void Tint(Span<byte> pixel, (byte R, byte G, byte B) colour, double share)
    {
        pixel[0] = Mix(pixel[0], colour.R, share);
        pixel[1] = Mix(pixel[1], colour.G, share);
        pixel[2] = Mix(pixel[2], colour.B, share);
    }

    private static byte Mix(byte under, byte over, double share) => (byte)Math.Round(under + (over - under) * share);
}
