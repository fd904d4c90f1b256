using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>Turns the drawn picture into a photograph of one: brightness, contrast, a tint of the light and sensor noise.</summary>
internal static class Exposure
{
    public static RgbImage Develop(Brush brush, SceneRandom random)
    {
        var contrast = random.Between(0.82f, 1.12f);
        var brightness = random.Between(-18, 18);
        var warmth = random.Between(-0.06f, 0.06f);
        var noise = random.Whole(3, 12);
        Span<float> gain = [contrast * (1 + warmth), contrast, contrast * (1 - warmth)];

        var source = brush.Picture;
        var pixels = new byte[brush.Width * brush.Height * 3];
        var bits = (ulong)random.Whole(1, int.MaxValue);
        for (int from = 0, to = 0; to < pixels.Length; from += 4, to += 3)
        {
            // Xorshift64 (Marsaglia 2003): one draw a pixel, a byte of it for the grain of all three channels.
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            var grain = (((int)(bits >> 40) & 0xFF) - 128) * noise / 128f;
            for (var channel = 0; channel < 3; channel++)
                pixels[to + channel] = (byte)Math.Clamp((source[from + channel] - 128) * gain[channel] + 128 + brightness + grain, 0, 255);
        }

        return new RgbImage(brush.Width, brush.Height, pixels);
    }
}
