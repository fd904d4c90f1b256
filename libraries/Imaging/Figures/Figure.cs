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
    private const int Margin = 24;
    private const int Gap = 12;
    private const int TitleSize = 22;
    private const int TextSize = 15;
    private const int Line = 26;
    private const int Swatch = 16;

    private static readonly string[] Columns = ["input", "ground truth", "prediction"];
    private static readonly SKColor Ink = new(32, 33, 36);
    private static readonly SKColor PaleInk = new(95, 99, 104);

    /// <summary>Renders the figure.</summary>
    /// <param name="title">One line above everything; may be empty.</param>
    /// <param name="rows">1 to <see cref="MaxRows"/> rows.</param>
    /// <param name="classNames">Names of class 0 (background), 1, …; those but the background make the legend.</param>
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
        var legend = Legend(rows, classNames, lettering, width - 2 * Margin);
        var top = Margin + (title.Length > 0 ? TitleSize + Gap : 0) + legend.Count * Line + Gap + Line;
        var height = top + panels.Sum(row => Line + row[0].Height + Gap) + Margin - Gap;

        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        lettering.Draw(canvas, lettering.Fit(title, TitleSize, width - 2 * Margin), Margin, Margin + TitleSize - 4, TitleSize, Ink);
        DrawLegend(canvas, legend, palette, lettering, top - Line - Gap - legend.Count * Line);
        for (var column = 0; column < Columns.Length; column++)
        {
            lettering.Draw(canvas, Columns[column], Left(column, panelWidth), top - Gap, TextSize + 1, Ink);
        }

        for (var row = 0; row < rows.Count; row++)
        {
            lettering.Draw(canvas, lettering.Fit(rows[row].Label, TextSize, width - 2 * Margin), Margin, top + Line - 9, TextSize, PaleInk);
            top += Line;
            for (var column = 0; column < Columns.Length; column++)
            {
                using var panel = SkiaPixels.ToBitmap(panels[row][column]);
                canvas.DrawBitmap(panel, Left(column, panelWidth), top, SKSamplingOptions.Default);
            }

            top += panels[row][0].Height + Gap;
        }

        canvas.Flush();
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100)
            ?? throw new InvalidOperationException($"Skia refused to encode a figure of {width}x{height}.");
        return png.ToArray();
    }

    private static int Left(int column, int panelWidth) => Margin + column * (panelWidth + Gap);

    private static RgbImage[] Panels(FigureRow row, Palette palette)
    {
        var (width, height) = PanelSize(row.Image);
        var image = Resampling.Resize(row.Image, width, height);
        return [image, Masked(row.Truth), Masked(row.Prediction)];

        RgbImage Masked(IndexMask mask) =>
            mask.Width == row.Image.Width && mask.Height == row.Image.Height
                ? Overlay.Blend(image, Resampling.ResizeNearest(mask, width, height), palette, Opacity)
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

    private static List<List<LegendEntry>> Legend(
        IReadOnlyList<FigureRow> rows, IReadOnlyList<string> classNames, Lettering lettering, int width)
    {
        var entries = classNames.Select((name, index) => new LegendEntry(index, name)).Skip(1).ToList();
        if (rows.Any(row => row.Truth.Pixels.AsSpan().Contains(IndexMask.Ignore)))
        {
            entries.Add(new LegendEntry(IndexMask.Ignore, "ignored"));
        }

        var lines = new List<List<LegendEntry>>();
        var x = 0f;
        foreach (var entry in entries)
        {
            var fitted = entry with { Name = lettering.Fit(entry.Name, TextSize, width - Swatch - 8) };
            var advance = EntryWidth(fitted, lettering);
            if (lines.Count == 0 || x + advance > width)
            {
                lines.Add([]);
                x = 0;
            }

            lines[^1].Add(fitted);
            x += advance;
        }

        return lines;
    }

    private static void DrawLegend(
        SKCanvas canvas, List<List<LegendEntry>> legend, Palette palette, Lettering lettering, float top)
    {
        foreach (var line in legend)
        {
            float x = Margin;
            foreach (var entry in line)
            {
                var (r, g, b) = palette[entry.Index];
                var box = new SKRect(x + 0.5f, top + 3.5f, x + Swatch - 0.5f, top + 2.5f + Swatch);
                using var fill = new SKPaint { Color = new SKColor(r, g, b) };
                using var frame = new SKPaint { Color = PaleInk, Style = SKPaintStyle.Stroke };
                canvas.DrawRect(box, fill);
                canvas.DrawRect(box, frame);
                lettering.Draw(canvas, entry.Name, x + Swatch + 8, top + Swatch, TextSize, Ink);
                x += EntryWidth(entry, lettering);
            }

            top += Line;
        }
    }

    private static float EntryWidth(LegendEntry entry, Lettering lettering) =>
        Swatch + 8 + lettering.Measure(entry.Name, TextSize) + 2 * Gap;

    private sealed record LegendEntry(int Index, string Name);
}
