namespace Maskwright.Imaging;

/// <summary>A box of whole pixels.</summary>
/// <param name="X">First column.</param>
/// <param name="Y">First row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public sealed record PixelBox(int X, int Y, int Width, int Height);
