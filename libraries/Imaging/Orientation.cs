namespace Maskwright.Imaging;

/// <summary>How stored pixels are turned to stand upright, by the number EXIF has for it (tag 0x0112; CIPA DC-008).</summary>
public enum Orientation
{
    /// <summary>They stand upright.</summary>
    Upright = 1,

    /// <summary>Mirrored left to right.</summary>
    MirroredHorizontally = 2,

    /// <summary>Turned by 180 degrees.</summary>
    UpsideDown = 3,

    /// <summary>Mirrored top to bottom.</summary>
    MirroredVertically = 4,

    /// <summary>Mirrored at the diagonal from the top left.</summary>
    Transposed = 5,

    /// <summary>To be turned by 90 degrees clockwise.</summary>
    Clockwise = 6,

    /// <summary>Mirrored at the diagonal from the top right.</summary>
    Transversed = 7,

    /// <summary>To be turned by 90 degrees counter-clockwise.</summary>
    CounterClockwise = 8,
}

/// <summary>Turns pictures and masks upright.</summary>
public static class OrientationExtensions
{
    /// <summary>Whether width and height change places.</summary>
    /// <param name="orientation">How the pixels are stored.</param>
    public static bool SwapsSides(this Orientation orientation) => orientation >= Orientation.Transposed;

    /// <summary>The picture upright; the picture itself when it is so already.</summary>
    /// <param name="image">The stored pixels.</param>
    /// <param name="orientation">How they are stored.</param>
    public static RgbImage TurnedUpright(this RgbImage image, Orientation orientation)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (orientation == Orientation.Upright)
        {
            return image;
        }

        var (width, height, pixels) = Turn(image.Pixels, image.Width, image.Height, channels: 3, orientation);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>The mask upright; the mask itself when it is so already.</summary>
    /// <param name="mask">The mask of the stored pixels.</param>
    /// <param name="orientation">How they are stored.</param>
    public static IndexMask TurnedUpright(this IndexMask mask, Orientation orientation)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (orientation == Orientation.Upright)
        {
            return mask;
        }

        var (width, height, pixels) = Turn(mask.Pixels, mask.Width, mask.Height, channels: 1, orientation);
        return new IndexMask(width, height, pixels);
    }

    /// <summary>The box upright; the box itself when it is so already.</summary>
    /// <param name="box">A box of the stored pixels.</param>
    /// <param name="orientation">How they are stored.</param>
    /// <param name="width">Width of the stored picture, in pixels.</param>
    /// <param name="height">Height of the stored picture, in pixels.</param>
    public static PixelBox TurnedUpright(this PixelBox box, Orientation orientation, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(box);
        var x = orientation.CountsFromRight() ? width - box.X - box.Width : box.X;
        var y = orientation.CountsFromBottom() ? height - box.Y - box.Height : box.Y;
        return orientation.SwapsSides() ? new PixelBox(y, x, box.Height, box.Width) : new PixelBox(x, y, box.Width, box.Height);
    }

    private static bool CountsFromRight(this Orientation orientation) =>
        orientation is Orientation.MirroredHorizontally or Orientation.UpsideDown or Orientation.Transversed or Orientation.CounterClockwise;

    private static bool CountsFromBottom(this Orientation orientation) =>
        orientation is Orientation.UpsideDown or Orientation.MirroredVertically or Orientation.Clockwise or Orientation.Transversed;

    private static (int Width, int Height, byte[] Pixels) Turn(byte[] pixels, int width, int height, int channels, Orientation orientation)
    {
        var (turnedWidth, turnedHeight) = orientation.SwapsSides() ? (height, width) : (width, height);
        var (fromRight, fromBottom) = (orientation.CountsFromRight(), orientation.CountsFromBottom());
        var turned = new byte[pixels.Length];
        var target = 0;
        for (var y = 0; y < turnedHeight; y++)
        {
            for (var x = 0; x < turnedWidth; x++)
            {
                var (column, row) = orientation.SwapsSides() ? (y, x) : (x, y);
                column = fromRight ? width - 1 - column : column;
                row = fromBottom ? height - 1 - row : row;
                var source = (row * width + column) * channels;
                for (var channel = 0; channel < channels; channel++)
                {
                    turned[target++] = pixels[source + channel];
                }
            }
        }

        return (turnedWidth, turnedHeight, turned);
    }
}
