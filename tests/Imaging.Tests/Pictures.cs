namespace Maskwright.Imaging.Tests;

/// <summary>Pictures that a formula gives, so that any language can make the same.</summary>
internal static class Pictures
{
    public static RgbImage Formula(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = (y * width + x) * 3;
                pixels[at] = (byte)(x * 7 + y * 3);
                pixels[at + 1] = (byte)(x * x + y);
                pixels[at + 2] = (byte)(x * 5 ^ y * 11);
            }
        }

        return new RgbImage(width, height, pixels);
    }

    public static RgbImage Smooth(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < width * height; i++)
        {
            pixels[3 * i] = (byte)(255 * (i % width) / width);
            pixels[3 * i + 1] = (byte)(255 * (i / width) / height);
            pixels[3 * i + 2] = 128;
        }

        return new RgbImage(width, height, pixels);
    }
}
