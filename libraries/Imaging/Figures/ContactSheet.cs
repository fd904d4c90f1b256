namespace Maskwright.Imaging;

/// <summary>One picture of a <see cref="ContactSheet"/>; picture and mask are of the same size.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Mask">Its mask.</param>
/// <param name="Label">One line below it.</param>
public sealed record ContactTile(RgbImage Image, IndexMask Mask, string Label);

/// <summary>Many small pictures with their masks laid over them, as one PNG.</summary>
public static class ContactSheet
{
    /// <summary>The longer side of a tile, in pixels: give pictures of about this size.</summary>
    public const int TileSide = 240;

    private const int Columns = 6;
    private const double Opacity = 0.55;

    /// <summary>Renders the sheet.</summary>
    /// <param name="title">One line above everything.</param>
    /// <param name="tiles">The pictures.</param>
    /// <param name="classNames">Names of class 0 (background), 1, …; those but the background make the legend.</param>
    /// <param name="palette">A colour for each class.</param>
    /// <returns>A PNG.</returns>
    public static byte[] RenderPng(string title, IReadOnlyList<ContactTile> tiles, IReadOnlyList<string> classNames, Palette palette)
    {
        using var lettering = Lettering.Find();
        return RenderPng(title, tiles, classNames, palette, lettering);
    }

    internal static byte[] RenderPng(
        string title, IReadOnlyList<ContactTile> tiles, IReadOnlyList<string> classNames, Palette palette, Lettering lettering)
    {
        var columns = Math.Clamp(tiles.Count, 1, Columns);
        var width = 2 * FigurePage.Margin + columns * (TileSide + FigurePage.Gap) - FigurePage.Gap;
        var hasIgnored = tiles.Any(tile => tile.Mask.Pixels.AsSpan().Contains(IndexMask.Ignore));
        var legend = new FigureLegend(FigureLegend.OfClasses(classNames, palette, hasIgnored), lettering, width - 2 * FigurePage.Margin);
        var legendTop = FigurePage.Margin + FigurePage.TitleSize + FigurePage.Gap;
        var rows = tiles.Select(Overlaid).Chunk(columns).ToList();
        var height = legendTop + legend.Height + FigurePage.Margin + rows.Sum(RowHeight);

        using var page = new FigurePage(width, height, lettering);
        page.Title(title);
        legend.Draw(page, legendTop);
        var top = legendTop + legend.Height;
        foreach (var row in rows)
        {
            for (var column = 0; column < row.Length; column++)
            {
                var left = FigurePage.Margin + column * (TileSide + FigurePage.Gap);
                page.Image(row[column].Image, left, top);
                var label = lettering.Fit(row[column].Label, FigurePage.TextSize - 3, TileSide);
                page.Text(label, left, top + row.Max(tile => tile.Image.Height) + 15, FigurePage.TextSize - 3, FigurePage.PaleInk);
            }

            top += RowHeight(row);
        }

        return page.EncodePng();

        (RgbImage Image, string Label) Overlaid(ContactTile tile)
        {
            var (tileWidth, tileHeight) = Fitted(tile.Image.Width, tile.Image.Height);
            var image = Resampling.Resize(tile.Image, tileWidth, tileHeight);
            return (Overlay.Blend(image, Resampling.ResizeNearest(tile.Mask, tileWidth, tileHeight), palette, Opacity), tile.Label);
        }
    }

    /// <summary>The size at which a picture is shown: its longer side has <see cref="TileSide"/> pixels.</summary>
    /// <param name="width">Width of the picture.</param>
    /// <param name="height">Height of the picture.</param>
    public static (int Width, int Height) Fitted(int width, int height)
    {
        var longer = Math.Max(width, height);
        return (Math.Max(1, width * TileSide / longer), Math.Max(1, height * TileSide / longer));
    }

    private static int RowHeight((RgbImage Image, string Label)[] row) => row.Max(tile => tile.Image.Height) + FigurePage.Line;
}
