using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>Brings an image and its mask to the size that <see cref="ResizeOptions"/> ask for.</summary>
internal static class Resizing
{
    /// <summary>The image decoded and resized, and its mask beside it.</summary>
    /// <param name="options">The size.</param>
    /// <param name="encoded">The image's file.</param>
    /// <param name="mask">Its mask, upright and of the image's own size.</param>
    /// <param name="name">What to call the image in an error.</param>
    /// <exception cref="ImageFormatException">The image cannot be decoded.</exception>
    public static (RgbImage Image, IndexMask Mask) Apply(ResizeOptions options, ReadOnlyMemory<byte> encoded, IndexMask mask, string name)
    {
        var (width, height) = SizeOf(options, mask.Width, mask.Height);
        var image = ImageCodec.DecodeScaled(encoded, width, height, name);
        var resized = Resampling.ResizeNearest(mask, width, height);
        return options.Kind == ResizeKind.Letterbox
            ? (Framed(image, options.Width, options.Height), Framed(resized, options.Width, options.Height))
            : (image, resized);
    }

    /// <summary>Where a box of the image comes to lie: every pixel that shows some of it.</summary>
    /// <param name="options">The size.</param>
    /// <param name="box">A box of the image before.</param>
    /// <param name="width">Width of the image before, in pixels.</param>
    /// <param name="height">Height of the image before, in pixels.</param>
    public static PixelBox Apply(ResizeOptions options, PixelBox box, int width, int height)
    {
        var (toWidth, toHeight) = SizeOf(options, width, height);
        var (left, right) = Range(box.X, box.Width, width, toWidth);
        var (top, bottom) = Range(box.Y, box.Height, height, toHeight);
        var (across, down) = options.Kind == ResizeKind.Letterbox ? ((options.Width - toWidth) / 2, (options.Height - toHeight) / 2) : (0, 0);
        return new PixelBox(left + across, top + down, right - left, bottom - top);
    }

    private static (int From, int To) Range(int start, int length, int of, int to) =>
        ((int)((long)start * to / of), (int)((((long)start + length) * to + of - 1) / of));

    /// <summary>The size of the picture itself, without the bars of a letterbox.</summary>
    public static (int Width, int Height) SizeOf(ResizeOptions options, int width, int height) => options.Kind switch
    {
        ResizeKind.LongestSide => Shrunk(width, height, options.Width, Math.Max(width, height)),
        ResizeKind.ShortestSide => Shrunk(width, height, options.Width, Math.Min(width, height)),
        // Whichever side meets its bound first: width/height compared with that of the frame, without division.
        ResizeKind.Letterbox => (long)width * options.Height >= (long)height * options.Width
            ? (options.Width, Scaled(height, options.Width, width))
            : (Scaled(width, options.Height, height), options.Height),
        ResizeKind.Stretch => (options.Width, options.Height),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Kind, "Unknown kind of resize."),
    };

    private static (int Width, int Height) Shrunk(int width, int height, int side, int ofSide) =>
        side >= ofSide ? (width, height) : (Scaled(width, side, ofSide), Scaled(height, side, ofSide));

    // Rounded, in whole numbers, so that every machine gives the same; never nothing.
    private static int Scaled(int length, int by, int of) => Math.Max(1, (int)((2L * length * by + of) / (2L * of)));

    private static RgbImage Framed(RgbImage image, int width, int height)
    {
        var pixels = new byte[width * height * 3];
        CopyToMiddle(image.Pixels, image.Width * 3, image.Height, pixels, width * 3, height, (width - image.Width) / 2 * 3);
        return new RgbImage(width, height, pixels);
    }

    private static IndexMask Framed(IndexMask mask, int width, int height)
    {
        var pixels = new byte[width * height];
        pixels.AsSpan().Fill(IndexMask.Ignore);
        CopyToMiddle(mask.Pixels, mask.Width, mask.Height, pixels, width, height, (width - mask.Width) / 2);
        return new IndexMask(width, height, pixels);
    }

    private static void CopyToMiddle(byte[] source, int sourceStride, int rows, byte[] target, int stride, int height, int left)
    {
        var top = (height - rows) / 2;
        for (var y = 0; y < rows; y++)
            source.AsSpan(y * sourceStride, sourceStride).CopyTo(target.AsSpan((top + y) * stride + left));
    }
}
