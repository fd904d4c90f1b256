using SkiaSharp;

namespace Maskwright.Imaging;

/// <summary>A white page to draw a figure on, with the sizes and inks that all figures share.</summary>
internal sealed class FigurePage : IDisposable
{
    public const int Margin = 24;
    public const int Gap = 12;
    public const int TitleSize = 22;
    public const int TextSize = 15;
    public const int Line = 26;
    public const int Swatch = 16;

    public static readonly SKColor Ink = new(32, 33, 36);
    public static readonly SKColor PaleInk = new(95, 99, 104);
    public static readonly SKColor Rule = new(218, 220, 224);

    // A tenth of the time of Skia's default, and hardly larger.
    private static readonly SKPngEncoderOptions QuickPng = new(SKPngEncoderFilterFlags.Sub, 1);

    private readonly SKBitmap _bitmap;

    public FigurePage(int width, int height, Lettering lettering)
    {
        Lettering = lettering;
        _bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Canvas = new SKCanvas(_bitmap);
        Canvas.Clear(SKColors.White);
    }

    public SKCanvas Canvas { get; }

    public Lettering Lettering { get; }

    /// <summary>One line in the page's upper left corner; nothing where the title is empty.</summary>
    public void Title(string title) =>
        Text(Lettering.Fit(title, TitleSize, _bitmap.Width - 2 * Margin), Margin, Margin + TitleSize - 4, TitleSize, Ink);

    public void Text(string text, float x, float baseline, float size, SKColor colour) =>
        Lettering.Draw(Canvas, text, x, baseline, size, colour);

    /// <summary>Text that ends at <paramref name="right"/>.</summary>
    public void TextToLeftOf(string text, float right, float baseline, float size, SKColor colour) =>
        Text(text, right - Lettering.Measure(text, size), baseline, size, colour);

    public void Fill(float x, float y, float width, float height, SKColor colour)
    {
        using var paint = new SKPaint { Color = colour };
        Canvas.DrawRect(x, y, width, height, paint);
    }

    public void Image(RgbImage image, float x, float y)
    {
        using var bitmap = SkiaPixels.ToBitmap(image);
        Canvas.DrawBitmap(bitmap, x, y, SKSamplingOptions.Default);
    }

    public byte[] EncodePng()
    {
        Canvas.Flush();
        using var pixels = _bitmap.PeekPixels();
        using var png = pixels.Encode(QuickPng)
            ?? throw new InvalidOperationException($"Skia refused to encode a figure of {_bitmap.Width}x{_bitmap.Height}.");
        return png.ToArray();
    }

    public void Dispose()
    {
        Canvas.Dispose();
        _bitmap.Dispose();
    }
}
