using SkiaSharp;

namespace Maskwright.Imaging;

/// <summary>Pictures beside ground truth and prediction, with titles, labels and a legend, as one PNG.</summary>
public static class Figure
{
    /// <summary>Rows above this many do not fit a picture that a viewer opens.</summary>
    public const int MaxRows = 64;

    private const double Opacity = 0.6;
    private const int SmallestPanel = 256;
    private const int LargestPanel = 384;
    private const int Margin = FigurePage.Margin;
    private const int Gap = FigurePage.Gap;
    private const int Line = FigurePage.Line;

    private static readonly (SKColor Colour, string Name) WrongEntry = (new SKColor(ErrorMap.Wrong.R, ErrorMap.Wrong.G, ErrorMap.Wrong.B), "wrong");
    private static readonly string[] Columns = ["input", "ground truth", "prediction", "errors"];

    /// <summary>Renders the figure.</summary>
    /// <param name="title">One line above everything; may be empty.</param>
    /// <param name="rows">1 to <see cref="MaxRows"/> rows.</param>
    /// <param name="classNames">Names of class 0 (background), 1, …; those but the background make the legend, with what else is coloured.</param>
    /// <param name="palette">A colour for each class.</param>
    /// <returns>A PNG.</returns>
    /// <exception cref="ArgumentException">No row or too many, or a mask of another size than its picture.</exception>
    public static byte[] RenderPng(
        string title, IReadOnlyList<FigureRow> rows, IReadOnlyList<string> classNames, Palette palette)
    {
        using var lettering = Lettering.Find();
        return RenderPng(title, rows, classNames, palette, lettering);
    }

    internal static byte[] RenderPng(
        string title, IReadOnlyList<FigureRow> rows, IReadOnlyList<string> classNames, Palette palette, Lettering lettering)
    {
        if (rows.Count is 0 or > MaxRows)
        {
            throw new ArgumentException($"A figure has 1 to {MaxRows} rows, not {rows.Count}.", nameof(rows));
        }

        var panels = rows.Select(row => Panels(row, palette)).ToList();
        var panelWidth = panels.Max(row => row[0].Width);
        var width = 2 * Margin + Columns.Length * panelWidth + (Columns.Length - 1) * Gap;
        var hasIgnored = rows.Any(row => row.Truth.Pixels.AsSpan().Contains(IndexMask.Ignore));
        var legend = new FigureLegend([.. FigureLegend.OfClasses(classNames, palette, hasIgnored), WrongEntry], lettering, width - 2 * Margin);
        var top = Margin + (title.Length > 0 ? FigurePage.TitleSize + Gap : 0) + legend.Height + Gap + Line;
        var height = top + panels.Sum(row => Line + row[0].Height + Gap) + Margin - Gap;

        using var page = new FigurePage(width, height, lettering);
        page.Title(title);
        legend.Draw(page, top - Line - Gap - legend.Height);
        for (var column = 0; column < Columns.Length; column++)
        {
            page.Text(Columns[column], Left(column, panelWidth), top - Gap, FigurePage.TextSize + 1, FigurePage.Ink);
        }

        for (var row = 0; row < rows.Count; row++)
        {
            var label = lettering.Fit(rows[row].Label, FigurePage.TextSize, width - 2 * Margin);
            page.Text(label, Margin, top + Line - 9, FigurePage.TextSize, FigurePage.PaleInk);
            top += Line;
            for (var column = 0; column < Columns.Length; column++)
            {
                page.Image(panels[row][column], Left(column, panelWidth), top);
            }

            top += panels[row][0].Height + Gap;
        }

        return page.EncodePng();
    }

    private static int Left(int column, int panelWidth) => Margin + column * (panelWidth + Gap);

    private static RgbImage[] Panels(FigureRow row, Palette palette)
    {
        var (width, height) = PanelSize(row.Image);
        var image = Resampling.Resize(row.Image, width, height);
        return [image, Masked(row.Truth), Masked(row.Prediction), ErrorMap.Draw(image, Sized(row.Truth), Sized(row.Prediction))];

        RgbImage Masked(IndexMask mask) => Overlay.Blend(image, Sized(mask), palette, Opacity);

        IndexMask Sized(IndexMask mask) =>
            mask.Width == row.Image.Width && mask.Height == row.Image.Height
                ? Resampling.ResizeNearest(mask, width, height)
                : throw new ArgumentException(
                    $"Row '{row.Label}': a mask of {mask.Width}x{mask.Height} beside a picture of {row.Image.Width}x{row.Image.Height}.", nameof(row));
    }

    // Large pictures are shrunk, small ones enlarged; between the two they are shown pixel for pixel.
    private static (int Width, int Height) PanelSize(RgbImage image)
    {
        var longer = Math.Max(image.Width, image.Height);
        var scale = (double)Math.Clamp(longer, SmallestPanel, LargestPanel) / longer;
        return (Math.Max(1, (int)Math.Round(image.Width * scale)), Math.Max(1, (int)Math.Round(image.Height * scale)));
    }
}
