namespace Maskwright.Segmentation;

/// <summary>A Gaussian blur of a square image; beyond an edge the edge goes on.</summary>
internal static class GaussianBlur
{
    private const int Bits = 16;

    /// <summary>Blurs interleaved 8-bit samples, shape [S, S, 3], in place.</summary>
    /// <param name="image">The image.</param>
    /// <param name="size">Its side, in pixels.</param>
    /// <param name="sigma">Standard deviation in pixels, above 0. The kernel reaches three of them.</param>
    public static void Apply(Span<byte> image, int size, double sigma)
    {
        var kernel = Kernel(sigma);
        var columns = new byte[image.Length];
        Pass(image, columns, kernel, size, along: 3, across: size * 3);
        Pass(columns, image, kernel, size, along: size * 3, across: 3);
    }

    private static void Pass(ReadOnlySpan<byte> source, Span<byte> target, int[] kernel, int size, int along, int across)
    {
        var radius = kernel.Length / 2;
        for (var line = 0; line < size; line++)
        {
            for (var place = 0; place < size; place++)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    var start = (line * across) + channel;
                    var sum = 1 << (Bits - 1);
                    for (var k = -radius; k <= radius; k++)
                    {
                        sum += kernel[k + radius] * source[start + (Math.Clamp(place + k, 0, size - 1) * along)];
                    }

                    target[start + (place * along)] = (byte)(sum >> Bits);
                }
            }
        }
    }

    // Whole numbers that add up to exactly one: a plain colour stays what it is.
    private static int[] Kernel(double sigma)
    {
        var radius = Math.Max(1, (int)Math.Ceiling(3 * sigma));
        var weights = Enumerable.Range(-radius, (2 * radius) + 1).Select(k => Math.Exp(-k * k / (2 * sigma * sigma))).ToArray();
        var sum = weights.Sum();
        var kernel = weights.Select(weight => (int)Math.Round(weight / sum * (1 << Bits))).ToArray();
        kernel[radius] += (1 << Bits) - kernel.Sum();
        return kernel;
    }
}
