using System.Globalization;
using SkiaSharp;

namespace Maskwright.Imaging;

/// <summary>One panel of a <see cref="BarFigure"/>.</summary>
/// <param name="Title">What is counted.</param>
/// <param name="Values">Shape [series, rows]; 0 or more.</param>
/// <param name="Format">Format of the sum beside a bar, e.g. <c>N0</c>.</param>
public sealed record BarPanel(string Title, IReadOnlyList<IReadOnlyList<double>> Values, string Format);

/// <summary>Horizontal stacked bars, a row for each name, panels side by side, as one PNG.</summary>
public static class BarFigure
{
    private const int PanelWidth = 300;
    private const int ValueWidth = 90;
    private const int LongestLabel = 220;
    private const int Row = 24;

    // Okabe and Ito's blue, orange, green and purple.
    private static readonly SKColor[] Colours = [new(0, 114, 178), new(230, 159, 0), new(0, 158, 115), new(204, 121, 167)];

    /// <summary>Renders the figure.</summary>
    /// <param name="title">One line above everything.</param>
    /// <param name="rows">Names of the rows.</param>
    /// <param name="series">Names of the parts of a bar, at most 4.</param>
    /// <param name="panels">At least one.</param>
    /// <returns>A PNG.</returns>
    /// <exception cref="ArgumentException">Values of another shape, or too many series.</exception>
    public static byte[] RenderPng(string title, IReadOnlyList<string> rows, IReadOnlyList<string> series, IReadOnlyList<BarPanel> panels)
    {
        using var lettering = Lettering.Find();
        return RenderPng(title, rows, series, panels, lettering);
    }

    internal static byte[] RenderPng(
        string title, IReadOnlyList<string> rows, IReadOnlyList<string> series, IReadOnlyList<BarPanel> panels, Lettering lettering)
    {
        if (series.Count > Colours.Length)
        {
            throw new ArgumentException($"At most {Colours.Length} series have a colour, not {series.Count}.", nameof(series));
        }

        if (panels.FirstOrDefault(panel => panel.Values.Count != series.Count || panel.Values.Any(values => values.Count != rows.Count)) is { } odd)
        {
            throw new ArgumentException($"The panel '{odd.Title}' needs values of {series.Count} series for {rows.Count} rows.", nameof(panels));
        }

        var labels = rows.Select(row => lettering.Fit(row, FigurePage.TextSize, LongestLabel)).ToList();
        var labelWidth = (int)Math.Ceiling(labels.Select(label => lettering.Measure(label, FigurePage.TextSize)).DefaultIfEmpty().Max());
        var left = FigurePage.Margin + labelWidth + FigurePage.Gap;
        var width = left + panels.Count * (PanelWidth + FigurePage.Gap) - FigurePage.Gap + FigurePage.Margin;
        var legend = new FigureLegend(series.Select((name, i) => (Colours[i], name)), lettering, width - 2 * FigurePage.Margin);
        var legendTop = FigurePage.Margin + FigurePage.TitleSize + FigurePage.Gap;
        var top = legendTop + legend.Height + FigurePage.Line + FigurePage.Gap;

        using var page = new FigurePage(width, top + rows.Count * Row + FigurePage.Margin, lettering);
        page.Title(title);
        legend.Draw(page, legendTop);
        for (var row = 0; row < rows.Count; row++)
        {
            page.TextToLeftOf(labels[row], left - FigurePage.Gap, top + row * Row + 16, FigurePage.TextSize, FigurePage.Ink);
        }

        for (var i = 0; i < panels.Count; i++)
        {
            DrawPanel(page, panels[i], left + i * (PanelWidth + FigurePage.Gap), top, rows.Count);
        }

        return page.EncodePng();
    }

    private static void DrawPanel(FigurePage page, BarPanel panel, float left, float top, int rows)
    {
        page.Text(page.Lettering.Fit(panel.Title, FigurePage.TextSize, PanelWidth), left, top - FigurePage.Gap, FigurePage.TextSize, FigurePage.PaleInk);
        page.Fill(left, top - 4, 1, rows * Row + 4, FigurePage.Rule);
        var sums = Enumerable.Range(0, rows).Select(row => panel.Values.Sum(values => values[row])).ToList();
        var scale = (PanelWidth - ValueWidth) / Math.Max(sums.DefaultIfEmpty().Max(), double.Epsilon);
        for (var row = 0; row < rows; row++)
        {
            var x = left + 1;
            for (var series = 0; series < panel.Values.Count; series++)
            {
                var length = (float)(panel.Values[series][row] * scale);
                page.Fill(x, top + row * Row + 3, length, Row - 6, Colours[series]);
                x += length;
            }

            page.Text(sums[row].ToString(panel.Format, CultureInfo.InvariantCulture), x + 6, top + row * Row + 16, FigurePage.TextSize - 2, FigurePage.PaleInk);
        }
    }
}
