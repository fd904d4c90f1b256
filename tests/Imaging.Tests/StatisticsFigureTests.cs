using SkiaSharp;

namespace Maskwright.Imaging.Tests;

public sealed class StatisticsFigureTests
{
    private static readonly string[] Names = ["person", "bicycle"];
    private static readonly BarPanel Panel = new("images", [[8, 2], [0, 1]], "N0");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Titles_names_and_numbers_leave_pixels_with_a_font_and_without_one(bool font)
    {
        using var lettering = font ? FontLettering.Load(FontLettering.SystemFolders()) : (Lettering)new DotLettering();
        Assert.SkipWhen(lettering is null, "This machine has no font.");

        Dark(Bars("Classes", Names)).ShouldBeGreaterThan(Dark(Bars("", ["", ""])) + 200);
        Dark(HeatFigure.RenderPng("Classes", "together", Names, [[1, 0.5], [0.5, 1]], lettering!))
            .ShouldBeGreaterThan(Dark(HeatFigure.RenderPng("", "", ["", ""], [[1, 0.5], [0.5, 1]], lettering!)) + 200);
        Dark(Sheet("Samples", "000000000001", ["background", "person"])).ShouldBeGreaterThan(Dark(Sheet("", "", ["background", ""])) + 200);

        byte[] Bars(string title, string[] rows) => BarFigure.RenderPng(title, rows, ["train", "val"], [Panel], lettering!);
        byte[] Sheet(string title, string label, string[] classes) => ContactSheet.RenderPng(
            title, [new ContactTile(Pictures.Smooth(300, 200), IndexMask.Empty(300, 200), label)], classes, Palette.Default, lettering!);
    }

    [Fact]
    public void Bars_are_as_long_as_their_values()
    {
        using var bitmap = SKBitmap.Decode(BarFigure.RenderPng("", Names, ["train", "val"], [Panel]));
        var blue = bitmap.Pixels.Select((pixel, i) => (pixel, Row: i / bitmap.Width)).Where(at => at.pixel == new SKColor(0, 114, 178))
            .CountBy(at => at.Row).GroupBy(row => row.Value, row => row.Key).ToDictionary(group => group.Key, group => group.Count());
        var longest = blue.Keys.Max();
        // 8 and 2 images: the bars of 18 rows of pixels each are in that proportion.
        blue[longest].ShouldBe(18);
        blue.Keys.ShouldContain(length => Math.Abs(length - longest / 4.0) <= 1);
    }

    [Fact]
    public void Cells_are_the_darker_the_larger_their_share_and_grey_where_there_is_none()
    {
        using var bitmap = SKBitmap.Decode(HeatFigure.RenderPng("", "", Names, [[1, 0.25], [double.NaN, 0]]));
        bitmap.Pixels.ShouldContain(new SKColor(8, 48, 107));
        bitmap.Pixels.ShouldContain(new SKColor(247, 251, 255));
        bitmap.Pixels.Count(pixel => pixel == new SKColor(218, 220, 224)).ShouldBe(51 * 51);
    }

    [Fact]
    public void Eighty_and_254_classes_fit_a_page()
    {
        foreach (var count in (int[])[80, 254])
        {
            string[] names = [.. Enumerable.Range(1, count).Select(i => $"class {i}")];
            var row = new double[count];
            ImageCodec.ReadHeader(HeatFigure.RenderPng("many", "", names, [.. Enumerable.Repeat<IReadOnlyList<double>>(row, count)]), "heat").Width.ShouldBeLessThan(1600);
            ImageCodec.ReadHeader(BarFigure.RenderPng("many", names, ["train"], [new BarPanel("images", [row], "N0")]), "bars").Height.ShouldBeLessThan(6500);
        }
    }

    [Fact]
    public void Values_of_another_shape_are_refused()
    {
        Should.Throw<ArgumentException>(() => BarFigure.RenderPng("", ["a"], ["train", "val"], [Panel])).Message.ShouldContain("'images' needs values of 2 series for 1 rows");
        Should.Throw<ArgumentException>(() => HeatFigure.RenderPng("", "", Names, [[1, 0]])).Message.ShouldContain("2x2");
    }

    private static int Dark(byte[] png)
    {
        using var bitmap = SKBitmap.Decode(png);
        return bitmap.Pixels.Count(pixel => pixel.Red < 200 && pixel.Green < 200 && pixel.Blue < 200);
    }
}
