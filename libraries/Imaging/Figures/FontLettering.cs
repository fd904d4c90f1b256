using SkiaSharp;

namespace Maskwright.Imaging;

/// <summary>Letters of a font file.</summary>
internal sealed class FontLettering : Lettering
{
    private const int FoldersDeep = 4;

    // Plain upright sans-serif faces, the first found is taken; without any of them, whatever has Latin letters.
    private static readonly string[] Preferred =
        ["DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf", "Arial.ttf", "segoeui.ttf", "Helvetica.ttc"];

    private readonly SKTypeface _typeface;

    private FontLettering(SKTypeface typeface) => _typeface = typeface;

    /// <summary>Where Linux, macOS and Windows keep fonts.</summary>
    public static IReadOnlyList<string> SystemFolders() =>
    [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/System/Library/Fonts",
        "/Library/Fonts",
        .. Known(Environment.SpecialFolder.Fonts, ""),
        .. Known(Environment.SpecialFolder.UserProfile, ".fonts"),
        .. Known(Environment.SpecialFolder.UserProfile, ".local/share/fonts"),
    ];

    /// <summary>The best font below the folders, or null when none has Latin letters.</summary>
    public static FontLettering? Load(IEnumerable<string> folders)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = FoldersDeep,
            IgnoreInaccessible = true,
        };
        var files = folders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", options))
            .Where(file => Path.GetExtension(file).ToUpperInvariant() is ".TTF" or ".OTF" or ".TTC")
            .OrderBy(Preference).ThenBy(file => file, StringComparer.Ordinal);
        foreach (var file in files)
        {
            var typeface = SKTypeface.FromFile(file, 0);
            if (typeface is not null && HasLatinLetters(typeface))
            {
                return new FontLettering(typeface);
            }

            typeface?.Dispose();
        }

        return null;
    }

    public override float Measure(string text, float size)
    {
        using var font = Font(size);
        return font.MeasureText(text);
    }

    public override void Draw(SKCanvas canvas, string text, float x, float baseline, float size, SKColor colour)
    {
        using var font = Font(size);
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawText(text, x, baseline, SKTextAlign.Left, font, paint);
    }

    public override void Dispose()
    {
        _typeface.Dispose();
        base.Dispose();
    }

    private static bool HasLatinLetters(SKTypeface typeface)
    {
        using var font = new SKFont(typeface);
        return font.ContainsGlyphs("Az09%");
    }

    private static int Preference(string file)
    {
        var rank = Array.FindIndex(Preferred, name => name.Equals(Path.GetFileName(file), StringComparison.OrdinalIgnoreCase));
        return rank < 0 ? Preferred.Length : rank;
    }

    private static IEnumerable<string> Known(Environment.SpecialFolder folder, string below)
    {
        var path = Environment.GetFolderPath(folder);
        return path.Length == 0 ? [] : [Path.Combine(path, below)];
    }

    private SKFont Font(float size) => new(_typeface, size) { Edging = SKFontEdging.Antialias, Subpixel = true };
}
