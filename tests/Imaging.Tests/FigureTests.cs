using SkiaSharp;

namespace Maskwright.Imaging.Tests;

public sealed class FigureTests
{
    private static readonly string[] Classes = ["background", "person", "bicycle", "car", "motorcycle", "airplane"];

    [Fact]
    public void Blending_tints_the_inside_and_draws_the_border_in_full_colour()
    {
        var image = new RgbImage(5, 5, [.. Enumerable.Repeat((byte)100, 75)]);
        var mask = IndexMask.Empty(5, 5);
        Rle.FromPolygons([[1, 1, 5, 1, 5, 5, 1, 5]], 5, 5).Paint(mask, 1);
        var (r, g, b) = Palette.Default[1];

        var blended = Overlay.Blend(image, mask, Palette.Default, 0.5);

        At(blended, 0, 0).ShouldBe(((byte)100, (byte)100, (byte)100));
        At(blended, 1, 1).ShouldBe((r, g, b));
        At(blended, 3, 3).ShouldBe(((byte)((100 + r) / 2), (byte)Math.Round((100 + g) / 2.0), (byte)((100 + b) / 2)));
        Overlay.Blend(image, mask, Palette.Default, 0).Pixels.ShouldBe(image.Pixels);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void Blending_refuses_an_opacity_that_is_none(double opacity) => Should.Throw<ArgumentOutOfRangeException>(
        () => Overlay.Blend(Pictures.Smooth(2, 2), IndexMask.Empty(2, 2), Palette.Default, opacity));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Title_labels_columns_and_legend_leave_pixels_with_a_font_and_without_one(bool font)
    {
        using var lettering = font ? FontLettering.Load(FontLettering.SystemFolders()) : (Lettering)new DotLettering();
        Assert.SkipWhen(lettering is null, "This machine has no font.");
        FigureRow[] rows = [Row("street, IoU 0.71")];
        var blank = Inked(Figure.RenderPng(" ", [Row("")], ["background", ""], Palette.Default, lettering!));

        Inked(Figure.RenderPng("Test split", [Row("")], ["background", ""], Palette.Default, lettering!)).ShouldBeGreaterThan(blank + 50);
        Inked(Figure.RenderPng(" ", rows, ["background", ""], Palette.Default, lettering!)).ShouldBeGreaterThan(blank + 50);
        Inked(Figure.RenderPng(" ", [Row("")], ["background", "person"], Palette.Default, lettering!)).ShouldBeGreaterThan(blank + 20);
    }

    [Fact]
    public void Letters_fall_back_when_no_folder_has_a_font()
    {
        FontLettering.Load([Path.Combine(AppContext.BaseDirectory, "no-such-folder")]).ShouldBeNull();
        using var found = Lettering.Find();
        found.Measure("car", 15).ShouldBeGreaterThan(5);
    }

    [Fact]
    public void Every_printable_character_has_dots_of_its_own()
    {
        var glyphs = Enumerable.Range('!', '~' - '!' + 1).Select(c => Convert.ToHexString(DotLettering.Glyph((char)c))).ToList();
        glyphs.ShouldBeUnique();
        glyphs.ShouldAllBe(g => g != "0000000000");
        Convert.ToHexString(DotLettering.Glyph('é')).ShouldBe(Convert.ToHexString(DotLettering.Glyph('?')));
    }

    [Fact]
    public void A_line_too_long_is_cut_and_the_cut_is_marked()
    {
        using var lettering = new DotLettering();
        lettering.Fit("motorcycle", 10, 35).ShouldBe("mot...");
        lettering.Fit("car", 10, 35).ShouldBe("car");
    }

    [Fact]
    public void Panels_stand_side_by_side_and_show_the_masks()
    {
        using var bitmap = SKBitmap.Decode(Figure.RenderPng("", [Row("a")], Classes, Palette.Default));
        bitmap.Width.ShouldBe(2 * 24 + 4 * 300 + 3 * 12);
        var (r, g, b) = Palette.Default[3];
        var seen = bitmap.Pixels.Count(p => (p.Red, p.Green, p.Blue) == (r, g, b));
        seen.ShouldBeGreaterThan(2 * 2 * (100 + 60) - 20); // the borders of the car in both masks
    }

    [Fact]
    public void An_error_map_is_grey_where_right_vermilion_where_wrong_and_white_where_ignored()
    {
        var image = new RgbImage(3, 1, [100, 100, 100, 0, 0, 0, 50, 50, 50]);

        var errors = ErrorMap.Draw(image, new IndexMask(3, 1, [1, 2, IndexMask.Ignore]), new IndexMask(3, 1, [1, 0, 0]));

        errors.Pixels.ShouldBe([178, 178, 178, 213, 94, 0, 255, 255, 255]);
        Should.Throw<ArgumentException>(() => ErrorMap.Draw(image, IndexMask.Empty(1, 3), IndexMask.Empty(3, 1)));
    }

    [Fact]
    public void Masks_of_another_size_and_figures_without_rows_are_refused()
    {
        var row = Row("a") with { Prediction = IndexMask.Empty(10, 10) };
        Should.Throw<ArgumentException>(() => Figure.RenderPng("", [row], Classes, Palette.Default)).Message.ShouldContain("Row 'a'");
        Should.Throw<ArgumentException>(() => Figure.RenderPng("", [], Classes, Palette.Default)).Message.ShouldContain("1 to 64 rows");
    }

    [Fact]
    public async Task A_figure_of_real_pictures_renders()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Path.Combine(CocoMini.FolderOrSkip(), "images");
        var coco = await CocoMini.ReadOrSkipAsync(cancellation);
        var rows = new List<FigureRow>();
        foreach (var image in coco.Images.Where((_, i) => i is 1 or 40 or 300 or 600))
        {
            var annotations = coco.Annotations.Where(a => a.ImageId == image.Id && a.CategoryId <= 5).Select(a => (a, (byte)a.CategoryId)).ToList();
            var picture = ImageCodec.Decode(await File.ReadAllBytesAsync(Path.Combine(folder, image.FileName), cancellation), image.FileName);
            rows.Add(new FigureRow(picture, MaskPainter.Paint(image, annotations), MaskPainter.Paint(image, annotations.Skip(1)), $"{image.FileName}  mIoU 0.61"));
        }

        using var dots = new DotLettering();
        foreach (var (name, png) in new[]
        {
            ("font", Figure.RenderPng("DeepLabV3-MobileNetV3 on test", rows, Classes, Palette.Default)),
            ("dots", Figure.RenderPng("DeepLabV3-MobileNetV3 on test", rows, Classes, Palette.Default, dots)),
        })
        {
            ImageCodec.ReadHeader(png, name).Width.ShouldBe(2 * 24 + 4 * 384 + 3 * 12);
            TestContext.Current.AddAttachment($"figure-{name}.png", png, "image/png");
        }
    }

    private static FigureRow Row(string label)
    {
        var mask = IndexMask.Empty(300, 200);
        Rle.FromPolygons([[50, 50, 150, 50, 150, 110, 50, 110]], 200, 300).Paint(mask, 3);
        return new FigureRow(Pictures.Smooth(300, 200), mask, mask, label);
    }

    private static (byte, byte, byte) At(RgbImage image, int x, int y)
    {
        var at = (y * image.Width + x) * 3;
        return (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]);
    }

    // Pixels that are not the white of the page, in the strips where no panel is.
    private static int Inked(byte[] png)
    {
        using var bitmap = SKBitmap.Decode(png);
        return bitmap.Pixels.Count(p => p.Red < 200 && p.Green < 200 && p.Blue < 200);
    }
}
