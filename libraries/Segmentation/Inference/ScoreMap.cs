using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>Brings the scores of a square to an image's size and picks the highest, a row at a time.</summary>
internal static class ScoreMap
{
    /// <summary>
    /// Bilinear interpolation by pixel centres (PyTorch's <c>align_corners=False</c>), then the class of the highest score.
    /// Memory does not grow with the image beyond the mask itself.
    /// </summary>
    /// <param name="scores">Scores [classes, size, size].</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="size">Side of the square.</param>
    /// <param name="width">Width wanted, in pixels.</param>
    /// <param name="height">Height wanted, in pixels.</param>
    public static IndexMask Enlarge(float[] scores, int classes, int size, int width, int height)
    {
        var mask = IndexMask.Empty(width, height);
        var columns = new Tap[width];
        for (var x = 0; x < width; x++)
        {
            columns[x] = Tap.At(x, width, size);
        }

        var row = new float[classes * size];
        for (var y = 0; y < height; y++)
        {
            Blend(scores, classes, size, Tap.At(y, height, size), row);
            Pick(row, classes, size, columns, mask.Pixels.AsSpan(y * width, width));
        }

        return mask;
    }

    private static void Blend(float[] scores, int classes, int size, Tap tap, float[] row)
    {
        for (var c = 0; c < classes; c++)
        {
            var plane = scores.AsSpan(c * size * size, size * size);
            var upper = plane.Slice(tap.First * size, size);
            var lower = plane.Slice(tap.Second * size, size);
            var target = row.AsSpan(c * size, size);
            for (var x = 0; x < size; x++)
            {
                target[x] = upper[x] + ((lower[x] - upper[x]) * tap.Fraction);
            }
        }
    }

    private static void Pick(float[] row, int classes, int size, Tap[] columns, Span<byte> target)
    {
        for (var x = 0; x < target.Length; x++)
        {
            var tap = columns[x];
            var highest = float.NegativeInfinity;
            for (var c = 0; c < classes; c++)
            {
                var left = row[(c * size) + tap.First];
                var score = left + ((row[(c * size) + tap.Second] - left) * tap.Fraction);
                if (score > highest)
                {
                    highest = score;
                    target[x] = (byte)c;
                }
            }
        }
    }

    private sealed record Tap(int First, int Second, float Fraction)
    {
        public static Tap At(int index, int count, int size)
        {
            var source = Math.Max(0, ((index + 0.5) * size / count) - 0.5);
            var first = Math.Min((int)source, size - 1);
            return new Tap(first, Math.Min(first + 1, size - 1), (float)(source - first));
        }
    }
}
