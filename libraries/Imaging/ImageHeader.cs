namespace Maskwright.Imaging;

/// <summary>The encodings that are read.</summary>
public enum ImageEncoding
{
    /// <summary>JPEG (ITU-T T.81), baseline or progressive.</summary>
    Jpeg,

    /// <summary>PNG (W3C PNG specification).</summary>
    Png,
}

/// <summary>What a picture's header says.</summary>
/// <param name="Encoding">How the pixels are stored.</param>
/// <param name="Width">Stored width in pixels, before any EXIF orientation.</param>
/// <param name="Height">Stored height in pixels, before any EXIF orientation.</param>
public sealed record ImageHeader(ImageEncoding Encoding, int Width, int Height);
