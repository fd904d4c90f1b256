namespace Maskwright.Datasets;

/// <summary>How an image comes to its new size.</summary>
public enum ResizeKind
{
    /// <summary>The longer side gets <see cref="ResizeOptions.Width"/> pixels, the other follows; never enlarged.</summary>
    LongestSide,

    /// <summary>The shorter side gets <see cref="ResizeOptions.Width"/> pixels, the other follows; never enlarged.</summary>
    ShortestSide,

    /// <summary>Fitted into the size with its proportion kept; the rest is black in the image and 255 in the mask.</summary>
    Letterbox,

    /// <summary>Stretched to the size.</summary>
    Stretch,
}

/// <summary>The size that images and masks get.</summary>
/// <param name="Kind">How.</param>
/// <param name="Width">Width, or the named side, in pixels: 16 to 8,192.</param>
/// <param name="Height">Height in pixels: 16 to 8,192; of no account, and equal to the width, where one side is named.</param>
public sealed record ResizeOptions(ResizeKind Kind, int Width, int Height)
{
    /// <summary>The smallest side.</summary>
    public const int MinSide = 16;

    /// <summary>The largest side.</summary>
    public const int MaxSide = 8192;
}
