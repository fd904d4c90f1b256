namespace Maskwright.Imaging;

/// <summary>An 8-bit sRGB picture.</summary>
/// <param name="Width">Width in pixels, at least 1.</param>
/// <param name="Height">Height in pixels, at least 1.</param>
/// <param name="Pixels">Shape [Height, Width, 3], row-major, red first; its length is Width x Height x 3.</param>
/// <exception cref="ArgumentException">The size is not positive, or the buffer has another length.</exception>
public sealed record RgbImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>The samples, shape [Height, Width, 3].</summary>
    public byte[] Pixels { get; } = PixelBuffer.Checked(Pixels, Width, Height, channels: 3);

    /// <summary>The picture mirrored left to right.</summary>
    public RgbImage Mirror()
    {
        var mirrored = new byte[Pixels.Length];
        for (var i = 0; i < Width * Height; i++)
        {
            var (row, column) = Math.DivRem(i, Width);
            Pixels.AsSpan(i * 3, 3).CopyTo(mirrored.AsSpan(((row * Width) + Width - 1 - column) * 3));
        }

        return new RgbImage(Width, Height, mirrored);
    }
}
