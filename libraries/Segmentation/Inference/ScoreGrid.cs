namespace Maskwright.Segmentation;

/// <summary>The scores of one image before soft maximum.</summary>
/// <param name="Values">Shape [C, H, W], row-major.</param>
/// <param name="Classes">C, background included.</param>
/// <param name="Width">W, in pixels.</param>
/// <param name="Height">H, in pixels.</param>
internal sealed record ScoreGrid(float[] Values, int Classes, int Width, int Height)
{
    /// <summary>The scores of one class.</summary>
    public ReadOnlySpan<float> Plane(int index) => Values.AsSpan(index * Width * Height, Width * Height);
}
