using SkiaSharp;

namespace Maskwright.Imaging;

/// <summary>Draws text on a canvas. Skia itself finds no font here and then draws nothing, without an error.</summary>
internal abstract class Lettering : IDisposable
{
    /// <summary>A font of this machine, or the built-in letters where it has none.</summary>
    public static Lettering Find() => FontLettering.Load(FontLettering.SystemFolders()) ?? (Lettering)new DotLettering();

    /// <summary>Width of the text in pixels.</summary>
    /// <param name="text">One line.</param>
    /// <param name="size">Height of a line in pixels.</param>
    public abstract float Measure(string text, float size);

    /// <summary>Draws one line.</summary>
    /// <param name="canvas">Where to.</param>
    /// <param name="text">One line.</param>
    /// <param name="x">Left edge.</param>
    /// <param name="baseline">What the letters stand on.</param>
    /// <param name="size">Height of a line in pixels.</param>
    /// <param name="colour">Colour of the letters.</param>
    public abstract void Draw(SKCanvas canvas, string text, float x, float baseline, float size, SKColor colour);

    /// <summary>Cuts a line that is too long, and marks the cut.</summary>
    public string Fit(string text, float size, float width)
    {
        const string Cut = "...";
        if (Measure(text, size) <= width)
        {
            return text;
        }

        var length = text.Length;
        while (length > 0 && Measure(text[..length] + Cut, size) > width)
        {
            length--;
        }

        return text[..length] + Cut;
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
