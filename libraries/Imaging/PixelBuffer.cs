namespace Maskwright.Imaging;

/// <summary>The rule that size and buffer of a picture agree.</summary>
internal static class PixelBuffer
{
    /// <summary>Bytes of a picture; refuses sizes that are not positive or do not fit an array.</summary>
    public static int Length(int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var length = (long)width * height * channels;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Array.MaxLength, nameof(width));
        return (int)length;
    }

    /// <summary>Hands the buffer back when its length is what the size asks for.</summary>
    public static byte[] Checked(byte[] pixels, int width, int height, int channels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var expected = Length(width, height, channels);
        return pixels.Length == expected
            ? pixels
            : throw new ArgumentException(
                $"A picture of {width}x{height} with {channels} channel(s) needs {expected} bytes, not {pixels.Length}.",
                nameof(pixels));
    }
}
