namespace Maskwright.Imaging;

/// <summary>Sums over pixels, in whole numbers, so that their total does not depend on the order of adding.</summary>
/// <param name="Pixels">How many pixels.</param>
/// <param name="Sum">Sum of the values 0 to 255 of red, green and blue.</param>
/// <param name="Squares">Sum of their squares.</param>
public sealed record ChannelSums(long Pixels, (long R, long G, long B) Sum, (long R, long G, long B) Squares)
{
    /// <summary>Of no pixel.</summary>
    public static ChannelSums Zero { get; } = new(0, default, default);

    /// <summary>Of all pixels of a picture.</summary>
    /// <param name="image">The picture.</param>
    public static ChannelSums Of(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
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

    /// <summary>Of these pixels and those of another picture.</summary>
    /// <param name="other">The other's.</param>
    public ChannelSums Add(ChannelSums other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(
            Pixels + other.Pixels,
            (Sum.R + other.Sum.R, Sum.G + other.Sum.G, Sum.B + other.Sum.B),
            (Squares.R + other.Squares.R, Squares.G + other.Squares.G, Squares.B + other.Squares.B));
    }

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
