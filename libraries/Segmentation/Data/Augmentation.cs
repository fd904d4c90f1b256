using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>
/// Flips and rotates an image and its mask together. Pixels that a rotation brings in from outside become
/// <paramref name="fill"/> in the image and 255 (ignore) in the mask.
/// </summary>
/// <param name="options">Probabilities and range.</param>
/// <param name="fill">The normalisation's mean colour, which is about 0 in network input.</param>
internal sealed class Augmentation(TrainingOptions options, (byte Red, byte Green, byte Blue) fill)
{
    private const int FractionBits = 16;
    private const int One = 1 << FractionBits;

    /// <summary>Writes the changed image [S, S, 3] and mask [S, S] of one square sample.</summary>
    public void Apply(CachedSample sample, SampleRandom random, Span<byte> image, Span<byte> mask)
    {
        // Every draw is made whether it is used or not: one option never moves the draws of another.
        var horizontal = random.NextDouble() < options.HorizontalFlip;
        var vertical = random.NextDouble() < options.VerticalFlip;
        var degrees = ((2 * random.NextDouble()) - 1) * options.RotationDegrees;
        if (options.RotationDegrees == 0)
        {
            Flip(sample, horizontal, vertical, image, mask);
        }
        else
        {
            Rotate(sample, horizontal, vertical, degrees * Math.PI / 180, image, mask);
        }
    }

    private static void Flip(CachedSample sample, bool horizontal, bool vertical, Span<byte> image, Span<byte> mask)
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

    private void Rotate(CachedSample sample, bool horizontal, bool vertical, double angle, Span<byte> image, Span<byte> mask)
    {
        // The inverse map in fixed point: source = centre + R(-angle) · (target - centre), mirrored.
        var size = sample.Mask.Width;
        var mirrorX = horizontal ? -1 : 1;
        var mirrorY = vertical ? -1 : 1;
        var cosine = (long)Math.Round(Math.Cos(angle) * One);
        var sine = (long)Math.Round(Math.Sin(angle) * One);
        var centre = (size - 1) * (long)One / 2;
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var dx = (2 * x) - (size - 1);
                var dy = (2 * y) - (size - 1);
                var sourceX = centre + (mirrorX * ((cosine * dx) + (sine * dy)) / 2);
                var sourceY = centre + (mirrorY * ((cosine * dy) - (sine * dx)) / 2);
                var target = (y * size) + x;
                mask[target] = Nearest(sample.Mask, sourceX, sourceY);
                Bilinear(sample.Image, sourceX, sourceY, image.Slice(target * 3, 3));
            }
        }
    }

    private static byte Nearest(IndexMask mask, long sourceX, long sourceY)
    {
        var x = (sourceX + (One / 2)) >> FractionBits;
        var y = (sourceY + (One / 2)) >> FractionBits;
        return x >= 0 && x < mask.Width && y >= 0 && y < mask.Height ? mask.Pixels[(y * mask.Width) + x] : IndexMask.Ignore;
    }

    private void Bilinear(RgbImage image, long sourceX, long sourceY, Span<byte> target)
    {
        var last = image.Width - 1;
        if (sourceX < -One / 2 || sourceY < -One / 2 || sourceX > (last * (long)One) + (One / 2) || sourceY > (last * (long)One) + (One / 2))
        {
            (target[0], target[1], target[2]) = fill;
            return;
        }

        // Beyond the centre of an edge pixel the edge goes on.
        var left = (int)(sourceX >> FractionBits);
        var top = (int)(sourceY >> FractionBits);
        var fractionX = (int)(sourceX & (One - 1)) >> 8;
        var fractionY = (int)(sourceY & (One - 1)) >> 8;
        var (x0, x1) = (Math.Max(left, 0) * 3, Math.Min(left + 1, last) * 3);
        var rowBytes = image.Width * 3;
        var upper = image.Pixels.AsSpan(Math.Max(top, 0) * rowBytes, rowBytes);
        var lower = image.Pixels.AsSpan(Math.Min(top + 1, last) * rowBytes, rowBytes);
        for (var channel = 0; channel < 3; channel++)
        {
            var above = (upper[x0 + channel] * (256 - fractionX)) + (upper[x1 + channel] * fractionX);
            var below = (lower[x0 + channel] * (256 - fractionX)) + (lower[x1 + channel] * fractionX);
            target[channel] = (byte)(((above * (256 - fractionY)) + (below * fractionY) + (1 << 15)) >> 16);
        }
    }
}
