using System.Globalization;
using SkiaSharp;

namespace Maskwright.Imaging;

/// <summary>A square table of shares as colours, as one PNG.</summary>
public static class HeatFigure
{
    // Above this many rows the cells are too small for numbers.
    private const int MostWithNumbers = 24;
    private const int LongestLabel = 160;
    private const int MostForWords = 900;
    private static readonly SKColor Full = new(8, 48, 107);
    private static readonly NumberFormatInfo Percent = new() { PercentPositivePattern = 1 };

    /// <summary>Renders the figure.</summary>
    /// <param name="title">One line above everything.</param>
    /// <param name="caption">One line below the title: what a cell says.</param>
    /// <param name="names">Names of the rows, and of the columns alike.</param>
    /// <param name="shares">Shape [rows, columns]; 0 to 1, NaN where there is nothing to say.</param>
    /// <returns>A PNG.</returns>
    /// <exception cref="ArgumentException">The table is of another shape.</exception>
    public static byte[] RenderPng(string title, string caption, IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<double>> shares)
    {
        using var lettering = Lettering.Find();
        return RenderPng(title, caption, names, shares, lettering);
    }

    internal static byte[] RenderPng(string title, string caption, IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<double>> shares, Lettering lettering)
    {
        if (shares.Count != names.Count || shares.Any(row => row.Count != names.Count))
        {
            throw new ArgumentException($"{names.Count} names need a table of {names.Count}x{names.Count} shares.", nameof(shares));
        }

        var cell = names.Count <= MostWithNumbers ? 52 : Math.Max(4, 1250 / names.Count);
        var textSize = Math.Clamp(cell - 4, 8, FigurePage.TextSize);
        var labels = names.Select(name => lettering.Fit(name, textSize, LongestLabel)).ToList();
        var labelWidth = (int)Math.Ceiling(labels.Select(label => lettering.Measure(label, textSize)).DefaultIfEmpty().Max());
        var left = FigurePage.Margin + labelWidth + FigurePage.Gap;
        var top = FigurePage.Margin + FigurePage.TitleSize + FigurePage.Line + FigurePage.Gap + labelWidth + FigurePage.Gap;
        var side = cell * names.Count;
        var words = Math.Max(lettering.Measure(title, FigurePage.TitleSize), lettering.Measure(caption, FigurePage.TextSize));
        var width = Math.Max(left + side, FigurePage.Margin + Math.Min((int)Math.Ceiling(words), MostForWords)) + FigurePage.Margin;

        using var page = new FigurePage(width, top + side + FigurePage.Margin, lettering);
        page.Title(title);
        page.Text(lettering.Fit(caption, FigurePage.TextSize, width - 2 * FigurePage.Margin), FigurePage.Margin, FigurePage.Margin + FigurePage.TitleSize + 18, FigurePage.TextSize, FigurePage.PaleInk);
        // With cells lower than letters only some rows can be named.
        var every = Math.Max(1, (textSize + 2 + cell - 1) / cell);
        for (var i = 0; i < names.Count; i += every)
        {
            var middle = i * cell + cell / 2 + textSize / 2 - 2;
            page.TextToLeftOf(labels[i], left - FigurePage.Gap, top + middle, textSize, FigurePage.Ink);
            page.Canvas.Save();
            page.Canvas.RotateDegrees(-90, left + middle, top - FigurePage.Gap);
            page.Text(labels[i], left + middle, top - FigurePage.Gap, textSize, FigurePage.Ink);
            page.Canvas.Restore();
        }

        for (var row = 0; row < names.Count; row++)
        {
            for (var column = 0; column < names.Count; column++)
            {
                DrawCell(page, shares[row][column], left + column * cell, top + row * cell, cell, names.Count <= MostWithNumbers);
            }
        }

        return page.EncodePng();
    }

    private static void DrawCell(FigurePage page, double share, float x, float y, int cell, bool withNumber)
    {
        var gap = cell > 12 ? 1 : 0;
        if (double.IsNaN(share))
        {
            page.Fill(x, y, cell - gap, cell - gap, FigurePage.Rule);
            return;
        }

        // The root spreads the many small shares.
        var depth = Math.Sqrt(Math.Clamp(share, 0, 1));
        page.Fill(x, y, cell - gap, cell - gap, new SKColor(Mix(247, Full.Red), Mix(251, Full.Green), Mix(255, Full.Blue)));
        if (withNumber)
        {
            var text = share.ToString(share is > 0 and < 0.1 ? "P1" : "P0", Percent);
            page.TextToLeftOf(text, x + (cell + page.Lettering.Measure(text, FigurePage.TextSize - 2)) / 2, y + cell / 2f + 5, FigurePage.TextSize - 2, depth > 0.5 ? SKColors.White : FigurePage.Ink);
        }

        byte Mix(byte empty, byte full) => (byte)Math.Round(empty + (full - empty) * depth);
    }
}
