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
/// <param name="StoredWidth">Width of the stored pixels, before they are turned upright.</param>
/// <param name="StoredHeight">Height of the stored pixels, before they are turned upright.</param>
/// <param name="Orientation">How the stored pixels are turned upright: what EXIF says.</param>
public sealed record ImageHeader(ImageEncoding Encoding, int StoredWidth, int StoredHeight, Orientation Orientation)
{
    /// <summary>Width in pixels of the picture as it is shown and decoded: upright.</summary>
    public int Width => Orientation.SwapsSides() ? StoredHeight : StoredWidth;

    /// <summary>Height in pixels of the picture as it is shown and decoded: upright.</summary>
    public int Height => Orientation.SwapsSides() ? StoredWidth : StoredHeight;
}
