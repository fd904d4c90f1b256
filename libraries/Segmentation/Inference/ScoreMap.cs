using System.Runtime.InteropServices;
using Maskwright.Imaging;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>From scores to class indices: the class of the highest score, the lowest index of equals.</summary>
internal static class ScoreMap
{
    /// <summary>The highest class of every pixel.</summary>
    /// <param name="scores">Scores [N, classes, H, W].</param>
    /// <returns>Class indices [N, H, W], row-major.</returns>
    public static byte[] HighestOf(Tensor scores)
    {
        using var scope = NewDisposeScope();
        var planes = scores.detach().cpu().contiguous();
        var (count, classes, area) = ((int)scores.shape[0], (int)scores.shape[1], (int)(scores.shape[2] * scores.shape[3]));
        var values = MemoryMarshal.Cast<byte, float>(planes.bytes);
        var result = new byte[count * area];
        for (var i = 0; i < count; i++)
        {
            HighestOf(values.Slice(i * classes * area, classes * area), classes, result.AsSpan(i * area, area));
        }

        return result;
    }

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

    private static void HighestOf(ReadOnlySpan<float> planes, int classes, Span<byte> result)
    {
        // A stretch at a time, so that the best scores so far stay in the nearest cache.
        const int Stretch = 1024;
        Span<float> best = stackalloc float[Stretch];
        for (var start = 0; start < result.Length; start += Stretch)
        {
            var length = Math.Min(Stretch, result.Length - start);
            var target = result.Slice(start, length);
            planes.Slice(start, length).CopyTo(best);
            target.Clear();
            for (var c = 1; c < classes; c++)
            {
                var scores = planes.Slice((c * result.Length) + start, length);
                for (var i = 0; i < length; i++)
                {
                    var higher = scores[i] > best[i];
                    best[i] = higher ? scores[i] : best[i];
                    target[i] = higher ? (byte)c : target[i];
                }
            }
        }
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
