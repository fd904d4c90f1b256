using System.Runtime.Intrinsics;
using SkiaSharp;

namespace Maskwright.Imaging;

/// <summary>Between our three bytes a pixel and Skia's four.</summary>
internal static class SkiaPixels
{
    private static readonly Vector128<byte> FirstThreeOfFour = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 15, 15, 15);

    /// <summary>Drops the fourth byte of an Rgba8888 or Rgb888x bitmap.</summary>
    public static RgbImage ToRgb(SKBitmap bitmap)
    {
        var (width, height) = (bitmap.Width, bitmap.Height);
        var pixels = new byte[PixelBuffer.Length(width, height, channels: 3)];
        var source = bitmap.GetPixelSpan();
        for (var y = 0; y < height; y++)
        {
            var row = source.Slice(y * bitmap.RowBytes, width * 4);
            var target = pixels.AsSpan(y * width * 3, width * 3);
            var (s, t) = (0, 0);

            // Four pixels at a time: the last four of the sixteen bytes written are written over by the next.
            for (; t <= target.Length - Vector128<byte>.Count; s += 16, t += 12)
                Vector128.Shuffle(Vector128.Create(row.Slice(s, 16)), FirstThreeOfFour).CopyTo(target[t..]);
            for (; t < target.Length; s += 4, t += 3)
                row.Slice(s, 3).CopyTo(target[t..]);
        }

        return new RgbImage(width, height, pixels);
    }

    /// <summary>An opaque Rgba8888 bitmap of the picture, which the caller disposes.</summary>
    public static unsafe SKBitmap ToBitmap(RgbImage image)
    {
        var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var target = new Span<byte>((void*)bitmap.GetPixels(), bitmap.ByteCount);
        for (int s = 0, t = 0; s < image.Pixels.Length; s += 3, t += 4)
        {
            target[t] = image.Pixels[s];
            target[t + 1] = image.Pixels[s + 1];
            target[t + 2] = image.Pixels[s + 2];
            target[t + 3] = 255;
        }

        return bitmap;
    }
}
