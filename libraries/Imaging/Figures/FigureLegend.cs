using SkiaSharp;

namespace Maskwright.Imaging;

/// <summary>Swatches with names, in as many lines as the width asks for.</summary>
internal sealed class FigureLegend
{
    private readonly List<List<(SKColor Colour, string Name)>> _lines = [];
    private readonly Lettering _lettering;

    public FigureLegend(IEnumerable<(SKColor Colour, string Name)> entries, Lettering lettering, int width)
    {
        _lettering = lettering;
        var x = 0f;
        foreach (var (colour, name) in entries)
        {
            var fitted = lettering.Fit(name, FigurePage.TextSize, width - FigurePage.Swatch - 8);
            var advance = Advance(fitted);
            if (_lines.Count == 0 || x + advance > width)
            {
                _lines.Add([]);
                x = 0;
            }

            _lines[^1].Add((colour, fitted));
            x += advance;
        }
    }

    public int Height => _lines.Count * FigurePage.Line;

    /// <summary>The classes but the background, and the ignored pixels where there are any.</summary>
    public static IEnumerable<(SKColor Colour, string Name)> OfClasses(IReadOnlyList<string> classNames, Palette palette, bool hasIgnored)
    {
        var entries = classNames.Select((name, index) => (Of(palette, index), name)).Skip(1);
        return hasIgnored ? entries.Append((Of(palette, IndexMask.Ignore), "ignored")) : entries;
    }

    public void Draw(FigurePage page, float top)
    {
        foreach (var line in _lines)
        {
            float x = FigurePage.Margin;
            foreach (var (colour, name) in line)
            {
                var box = new SKRect(x + 0.5f, top + 3.5f, x + FigurePage.Swatch - 0.5f, top + 2.5f + FigurePage.Swatch);
                using var fill = new SKPaint { Color = colour };
                using var frame = new SKPaint { Color = FigurePage.PaleInk, Style = SKPaintStyle.Stroke };
                page.Canvas.DrawRect(box, fill);
                page.Canvas.DrawRect(box, frame);
                page.Text(name, x + FigurePage.Swatch + 8, top + FigurePage.Swatch, FigurePage.TextSize, FigurePage.Ink);
                x += Advance(name);
            }

            top += FigurePage.Line;
        }
    }

    private static SKColor Of(Palette palette, int index)
    {
        var (r, g, b) = palette[index];
        return new SKColor(r, g, b);
    }

    private float Advance(string name) => FigurePage.Swatch + 8 + _lettering.Measure(name, FigurePage.TextSize) + 2 * FigurePage.Gap;
}
