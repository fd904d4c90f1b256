namespace Maskwright.Imaging;

/// <summary>One class index for each pixel.</summary>
/// <param name="Width">Width in pixels, at least 1.</param>
/// <param name="Height">Height in pixels, at least 1.</param>
/// <param name="Pixels">Shape [Height, Width], row-major; 0 is the background, <see cref="Ignore"/> is no class.</param>
/// <exception cref="ArgumentException">The size is not positive, or the buffer has another length.</exception>
public sealed record IndexMask(int Width, int Height, byte[] Pixels)
{
    /// <summary>Pixels of this value take part in no loss and in no metric.</summary>
    public const byte Ignore = 255;

    /// <summary>The class indices, shape [Height, Width].</summary>
    public byte[] Pixels { get; } = PixelBuffer.Checked(Pixels, Width, Height, channels: 1);

    /// <summary>Share of the pixels of each class index below <paramref name="classes"/>, 0 to 1.</summary>
    public double[] Shares(int classes) =>
        [.. Enumerable.Range(0, classes).Select(index => (double)Pixels.AsSpan().Count((byte)index) / Pixels.Length)];

    /// <summary>A mask of background (0).</summary>
    public static IndexMask Empty(int width, int height) =>
        new(width, height, new byte[PixelBuffer.Length(width, height, channels: 1)]);
}
