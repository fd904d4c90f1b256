namespace Maskwright.Segmentation;

/// <summary>
/// A change of colours in one pass: brightness, contrast about the image's mean grey, saturation about each pixel's grey, hue
/// (a turn about the grey axis, in YIQ), in this order, or none left at all. Values are cut to 0..255 once, at the end.
/// </summary>
internal sealed class ColourMatrix
{
    // Rec. 601 luma, as in torchvision's rgb_to_grayscale.
    private static readonly double[] Luma = [0.299, 0.587, 0.114];

    private readonly double[,] _matrix;
    private readonly double _meanGrey;

    /// <param name="matrix">What each channel takes of red, green and blue.</param>
    /// <param name="meanGrey">What each channel takes of the image's mean grey.</param>
    private ColourMatrix(double[,] matrix, double meanGrey) => (_matrix, _meanGrey) = (matrix, meanGrey);

    /// <summary>Draws a change as options ask for; null for none.</summary>
    public static ColourMatrix? Draw(TrainingOptions options, ref SampleRandom random)
    {
        var jitters = random.NextDouble() < options.ColorJitter;
        var brightness = random.NextBetween(1 - options.Brightness, 1 + options.Brightness);
        var contrast = random.NextBetween(1 - options.Contrast, 1 + options.Contrast);
        var saturation = random.NextBetween(1 - options.Saturation, 1 + options.Saturation);
        var hue = random.NextBetween(-options.Hue, options.Hue);
        var greys = random.NextDouble() < options.Grayscale;
        if (!jitters && !greys)
        {
            return null;
        }

        return Of(jitters ? brightness : 1, jitters ? contrast : 1, greys ? 0 : jitters ? saturation : 1, jitters ? hue : 0);
    }

    /// <summary>The change of given factors.</summary>
    /// <param name="brightness">Multiplies every channel.</param>
    /// <param name="contrast">Multiplies the distance to the mean grey.</param>
    /// <param name="saturation">Multiplies the distance to the pixel's grey; 0 leaves grey.</param>
    /// <param name="hue">Part of a whole turn.</param>
    public static ColourMatrix Of(double brightness, double contrast, double saturation, double hue)
    {
        var (cosine, sine) = (Math.Cos(2 * Math.PI * hue), Math.Sin(2 * Math.PI * hue));
        double[,] toYiq = { { 0.299, 0.587, 0.114 }, { 0.595716, -0.274453, -0.321263 }, { 0.211456, -0.522591, 0.311135 } };
        double[,] toRgb = { { 1, 0.956295719758948, 0.621024416465261 }, { 1, -0.272122099318510, -0.647380596825695 }, { 1, -1.106989016736491, 1.704614998364648 } };
        double[,] turn = { { 1, 0, 0 }, { 0, saturation * cosine, -saturation * sine }, { 0, saturation * sine, saturation * cosine } };
        var matrix = Product(toRgb, Product(turn, toYiq));
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
            {
                matrix[row, column] *= brightness * contrast;
            }
        }

        return new ColourMatrix(matrix, brightness * (1 - contrast));
    }

    /// <summary>Changes interleaved 8-bit samples, shape [.., 3], in place.</summary>
    public void Apply(Span<byte> pixels)
    {
        const int Bits = 12;
        Span<int> factors = stackalloc int[9];
        for (var i = 0; i < 9; i++)
        {
            factors[i] = (int)Math.Round(_matrix[i / 3, i % 3] * (1 << Bits));
        }

        var offset = (int)Math.Round(((_meanGrey * MeanGrey(pixels)) + 0.5) * (1 << Bits));
        for (var i = 0; i + 2 < pixels.Length; i += 3)
        {
            int red = pixels[i], green = pixels[i + 1], blue = pixels[i + 2];
            for (var channel = 0; channel < 3; channel++)
            {
                var value = ((factors[channel * 3] * red) + (factors[(channel * 3) + 1] * green) + (factors[(channel * 3) + 2] * blue) + offset) >> Bits;
                pixels[i + channel] = (byte)Math.Clamp(value, 0, 255);
            }
        }
    }

    private static double MeanGrey(ReadOnlySpan<byte> pixels)
    {
        long red = 0, green = 0, blue = 0;
        for (var i = 0; i + 2 < pixels.Length; i += 3)
        {
            red += pixels[i];
            green += pixels[i + 1];
            blue += pixels[i + 2];
        }

        return ((Luma[0] * red) + (Luma[1] * green) + (Luma[2] * blue)) / (pixels.Length / 3);
    }

    private static double[,] Product(double[,] a, double[,] b)
    {
        var product = new double[3, 3];
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
            {
                product[row, column] = (a[row, 0] * b[0, column]) + (a[row, 1] * b[1, column]) + (a[row, 2] * b[2, column]);
            }
        }

        return product;
    }
}
