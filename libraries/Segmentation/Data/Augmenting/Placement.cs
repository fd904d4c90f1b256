using System.Runtime.CompilerServices;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>
/// Where each pixel of the result comes from: a window of the source, turned about the window's centre, and mirrored. Images
/// are sampled bilinearly, masks at the nearest pixel; what lies outside becomes the fill colour and 255 (ignore).
/// </summary>
internal sealed class Placement(CropWindow window, double angle, bool horizontal, bool vertical)
{
    private const int FractionBits = 16;
    private const int One = 1 << FractionBits;

    // From here on a pixel of the result covers so many of the source that one sample would skip some.
    private const double Shrinks = 1.25;

    /// <summary>The whole image, mirrored and not turned.</summary>
    public void Mirror(CachedSample sample, Span<byte> image, Span<byte> mask)
    {
        var size = sample.Mask.Width;
        for (var y = 0; y < size; y++)
        {
            var row = vertical ? size - 1 - y : y;
            var pixels = sample.Image.Pixels.AsSpan(row * size * 3, size * 3);
            var indices = sample.Mask.Pixels.AsSpan(row * size, size);
            var targetPixels = image.Slice(y * size * 3, size * 3);
            var targetIndices = mask.Slice(y * size, size);
            indices.CopyTo(targetIndices);
            if (!horizontal)
            {
                pixels.CopyTo(targetPixels);
                continue;
            }

            targetIndices.Reverse();
            for (var x = 0; x < size; x++)
            {
                pixels.Slice((size - 1 - x) * 3, 3).CopyTo(targetPixels[(x * 3)..]);
            }
        }
    }

    /// <summary>The window, turned and mirrored.</summary>
    public void Draw(CachedSample sample, (byte Red, byte Green, byte Blue) fill, Span<byte> image, Span<byte> mask)
    {
        // The inverse map in fixed point: source = centre + mirror · scale · R(-angle) · (target - centre).
        var size = sample.Mask.Width;
        var (scaleX, scaleY) = (window.Width / size * (horizontal ? -1 : 1), window.Height / size * (vertical ? -1 : 1));
        var (xx, xy) = (Fixed(scaleX * Math.Cos(angle)), Fixed(scaleX * Math.Sin(angle)));
        var (yx, yy) = (Fixed(-scaleY * Math.Sin(angle)), Fixed(scaleY * Math.Cos(angle)));
        var centreX = Fixed(window.Left + (window.Width / 2) - 0.5);
        var centreY = Fixed(window.Top + (window.Height / 2) - 0.5);
        var shrinks = Math.Max(window.Width, window.Height) > Shrinks * size;
        var sampler = new ImageSampler(sample.Image, fill);
        ReadOnlySpan<byte> indices = sample.Mask.Pixels;
        var (indexWidth, indexHeight) = (sample.Mask.Width, sample.Mask.Height);
        for (var y = 0; y < size; y++)
        {
            // Twice the distances to the centre are whole numbers.
            var dy = (2 * y) - (size - 1);
            var (doubleX, doubleY) = ((xx * (1 - size)) + (xy * dy), (yx * (1 - size)) + (yy * dy));
            for (var x = 0; x < size; x++, doubleX += 2 * xx, doubleY += 2 * yx)
            {
                var (sourceX, sourceY) = (centreX + (doubleX / 2), centreY + (doubleY / 2));
                var target = (y * size) + x;
                mask[target] = Nearest(indices, indexWidth, indexHeight, sourceX, sourceY);
                if (shrinks)
                {
                    sampler.Mean(sourceX, sourceY, (xx / 4, yx / 4), (xy / 4, yy / 4), image.Slice(target * 3, 3));
                }
                else
                {
                    sampler.At(sourceX, sourceY, image.Slice(target * 3, 3));
                }
            }
        }
    }

    private static long Fixed(double value) => (long)Math.Round(value * One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Nearest(ReadOnlySpan<byte> indices, int width, int height, long sourceX, long sourceY)
    {
        var x = (sourceX + (One / 2)) >> FractionBits;
        var y = (sourceY + (One / 2)) >> FractionBits;
        return (ulong)x < (ulong)width && (ulong)y < (ulong)height ? indices[((int)y * width) + (int)x] : IndexMask.Ignore;
    }
}
