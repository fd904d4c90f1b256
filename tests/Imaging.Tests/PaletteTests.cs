namespace Maskwright.Imaging.Tests;

public sealed class PaletteTests
{
    // Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", 2009,
    // severity 1, on linear RGB.
    public static TheoryData<string, double[]> Views => new()
    {
        { "full colour vision", [1, 0, 0, 0, 1, 0, 0, 0, 1] },
        { "protanopia", [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998] },
        { "deuteranopia", [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881] },
        { "tritanopia", [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900] },
    };

    [Theory]
    [MemberData(nameof(Views))]
    public void Any_two_of_the_colours_can_be_told_apart(string view, double[] matrix)
    {
        var colours = Enumerable.Range(0, 25).Append(IndexMask.Ignore).Select(i => Lab(Palette.Default[i], matrix)).ToList();
        for (var i = 0; i < colours.Count; i++)
        {
            for (var k = 0; k < i; k++)
            {
                var distance = Math.Sqrt(colours[i].Zip(colours[k], (a, b) => (a - b) * (a - b)).Sum());
                distance.ShouldBeGreaterThan(15, $"{k} and {i} with {view}");
            }
        }
    }

    [Fact]
    public void Colours_repeat_after_the_last_but_neither_background_nor_ignore_does()
    {
        Palette.Default[25].ShouldBe(Palette.Default[1]);
        var colours = Enumerable.Range(1, 254).Select(i => Palette.Default[i]).ToList();
        colours.ShouldNotContain(Palette.Default[0]);
        colours.ShouldNotContain(Palette.Default[255]);
    }

    private static double[] Lab((byte R, byte G, byte B) colour, double[] m)
    {
        double[] rgb = [Linear(colour.R), Linear(colour.G), Linear(colour.B)];
        var (r, g, b) = (Row(0), Row(1), Row(2));
        var x = F((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
        var y = F(0.2126 * r + 0.7152 * g + 0.0722 * b);
        var z = F((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
        return [116 * y - 16, 500 * (x - y), 200 * (y - z)];

        double Row(int row) => Math.Clamp(m[3 * row] * rgb[0] + m[3 * row + 1] * rgb[1] + m[3 * row + 2] * rgb[2], 0, 1);
        static double Linear(byte v) => v / 255.0 <= 0.04045 ? v / 255.0 / 12.92 : Math.Pow((v / 255.0 + 0.055) / 1.055, 2.4);
        static double F(double t) => t > 0.008856 ? Math.Cbrt(t) : 7.787 * t + 16 / 116.0;
    }
}
