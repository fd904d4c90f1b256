using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>Sums over pixels, in whole numbers, so that their total does not depend on the order of adding.</summary>
/// <param name="Pixels">How many pixels.</param>
/// <param name="Sum">Sum of the values 0 to 255 of red, green and blue.</param>
/// <param name="Squares">Sum of their squares.</param>
internal sealed record ChannelSums(long Pixels, (long R, long G, long B) Sum, (long R, long G, long B) Squares)
{
    public static ChannelSums Zero { get; } = new(0, default, default);

    public static ChannelSums Of(RgbImage image)
    {
        long r = 0, g = 0, b = 0, rr = 0, gg = 0, bb = 0;
        var pixels = image.Pixels;
        for (var i = 0; i + 2 < pixels.Length; i += 3)
        {
            int red = pixels[i], green = pixels[i + 1], blue = pixels[i + 2];
            r += red;
            g += green;
            b += blue;
            rr += red * red;
            gg += green * green;
            bb += blue * blue;
        }

        return new ChannelSums((long)image.Width * image.Height, (r, g, b), (rr, gg, bb));
    }

    public static ChannelSums operator +(ChannelSums a, ChannelSums b) => new(
        a.Pixels + b.Pixels,
        (a.Sum.R + b.Sum.R, a.Sum.G + b.Sum.G, a.Sum.B + b.Sum.B),
        (a.Squares.R + b.Squares.R, a.Squares.G + b.Squares.G, a.Squares.B + b.Squares.B));

    /// <summary>Means of red, green and blue on the scale 0 to 1.</summary>
    public double[] Mean() => [Mean(Sum.R), Mean(Sum.G), Mean(Sum.B)];

    /// <summary>Standard deviations of red, green and blue on the scale 0 to 1.</summary>
    public double[] Deviation() => [Deviation(Sum.R, Squares.R), Deviation(Sum.G, Squares.G), Deviation(Sum.B, Squares.B)];

    private double Mean(long sum) => sum / (255d * Pixels);

    private double Deviation(long sum, long squares)
    {
        var mean = (double)sum / Pixels;
        return Math.Sqrt(Math.Max(0, (double)squares / Pixels - mean * mean)) / 255;
    }
}
