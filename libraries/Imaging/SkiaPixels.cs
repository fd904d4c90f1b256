using SkiaSharp;

namespace Maskwright.Imaging;

/// <summary>Between our three bytes a pixel and Skia's four.</summary>
internal static class SkiaPixels
{
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
            for (int s = 0, t = 0; t < target.Length; s += 4, t += 3)
            {
                target[t] = row[s];
                target[t + 1] = row[s + 1];
                target[t + 2] = row[s + 2];
            }
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
