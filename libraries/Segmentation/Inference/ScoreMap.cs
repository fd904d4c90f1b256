using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Maskwright.Imaging;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>From scores to labels: the class of the highest score, the lowest index of equals, and how sure the network is.</summary>
internal static class ScoreMap
{
    // A stretch at a time, so that what is known of its pixels stays in the nearest cache.
    private const int Stretch = 1024;

    /// <summary>The highest class of every pixel.</summary>
    /// <param name="scores">Scores [N, C, H, W].</param>
    /// <returns>Class indices [N, H, W], row-major.</returns>
    public static byte[] HighestOf(Tensor scores)
    {
        using var scope = NewDisposeScope();
        var planes = scores.detach().cpu().contiguous();
        var (count, classes, area) = ((int)scores.shape[0], (int)scores.shape[1], (int)(scores.shape[2] * scores.shape[3]));
        var values = MemoryMarshal.Cast<byte, float>(planes.bytes);
        var labels = new byte[count * area];
        for (var i = 0; i < count; i++)
            Label(values.Slice(i * classes * area, classes * area), area, classes, labels.AsSpan(i * area, area), confidence: []);
        return labels;
    }

    /// <summary>Labels an image at another size than its scores have: these are interpolated bilinearly by pixel centres
    /// (PyTorch's <c>align_corners=False</c>), not the labels, so that edges are as smooth as the scores are.</summary>
    /// <param name="scores">Scores of the image.</param>
    /// <param name="width">Width wanted, in pixels.</param>
    /// <param name="height">Height wanted, in pixels.</param>
    public static LabelledImage Label(ScoreGrid scores, int width, int height)
    {
        var mask = IndexMask.Empty(width, height);
        var confidence = new float[width * height];
        if (width == scores.Width && height == scores.Height)
        {
            Label(scores.Values, width * height, scores.Classes, mask.Pixels, confidence);
            return new LabelledImage(mask, confidence);
        }

        var columns = Enumerable.Range(0, width).Select(x => Tap.At(x, width, scores.Width)).ToArray();
        var narrow = new float[scores.Width];
        var row = new float[scores.Classes * width];
        for (var y = 0; y < height; y++)
        {
            var tap = Tap.At(y, height, scores.Height);
            for (var c = 0; c < scores.Classes; c++)
            {
                var plane = scores.Plane(c);
                Blend(plane.Slice(tap.First * scores.Width, scores.Width), plane.Slice(tap.Second * scores.Width, scores.Width), tap.Fraction, narrow);
                Spread(narrow, columns, row.AsSpan(c * width, width));
            }

            Label(row, width, scores.Classes, mask.Pixels.AsSpan(y * width, width), confidence.AsSpan(y * width, width));
        }

        return new LabelledImage(mask, confidence);
    }

    /// <summary>The sum of the cross-entropy over the valid pixels, in nats, of scores that have the mask's size.</summary>
    public static double CrossEntropy(ScoreGrid scores, LabelledImage labelled, IndexMask truth)
    {
        if ((scores.Width, scores.Height) != (truth.Width, truth.Height))
            throw new ArgumentException($"Scores of {scores.Width}x{scores.Height} beside a mask of {truth.Width}x{truth.Height}; expected the same size.", nameof(scores));
        var sum = 0.0;
        var area = truth.Pixels.Length;
        for (var i = 0; i < area; i++)
        {
            if (truth.Pixels[i] == IndexMask.Ignore)
                continue;

            // -log p(truth) = s(predicted) - s(truth) - log p(predicted).
            sum += scores.Values[(labelled.Mask.Pixels[i] * area) + i] - scores.Values[(truth.Pixels[i] * area) + i] - Math.Log(labelled.Confidence[i]);
        }

        return sum;
    }

    // Confidence is left out where there is no room for it.
    private static void Label(ReadOnlySpan<float> planes, int pixels, int classes, Span<byte> labels, Span<float> confidence)
    {
        Span<float> best = stackalloc float[Stretch];
        for (var start = 0; start < pixels; start += Stretch)
        {
            var length = Math.Min(Stretch, pixels - start);
            var target = labels.Slice(start, length);
            var highest = best[..length];
            planes.Slice(start, length).CopyTo(highest);
            target.Clear();
            for (var c = 1; c < classes; c++)
            {
                var scores = planes.Slice((c * pixels) + start, length);
                for (var i = 0; i < scores.Length; i++)
                {
                    var higher = scores[i] > highest[i];
                    highest[i] = higher ? scores[i] : highest[i];
                    target[i] = higher ? (byte)c : target[i];
                }
            }

            if (confidence.IsEmpty)
                continue;

            // The probability of the highest score s is 1 / sum of exp(s_c - s).
            var sums = confidence.Slice(start, length);
            sums.Clear();
            for (var c = 0; c < classes; c++)
                AddExponentials(planes.Slice((c * pixels) + start, length), highest, sums);
            for (var i = 0; i < sums.Length; i++)
                sums[i] = 1 / sums[i];
        }
    }

    private static void AddExponentials(ReadOnlySpan<float> scores, ReadOnlySpan<float> highest, Span<float> sums)
    {
        var vectors = MemoryMarshal.Cast<float, Vector256<float>>(sums);
        var scoreVectors = MemoryMarshal.Cast<float, Vector256<float>>(scores);
        var highestVectors = MemoryMarshal.Cast<float, Vector256<float>>(highest);
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] += Vector256.Exp(scoreVectors[i] - highestVectors[i]);
        for (var i = vectors.Length * Vector256<float>.Count; i < sums.Length; i++)
            sums[i] += MathF.Exp(scores[i] - highest[i]);
    }

    private static void Blend(ReadOnlySpan<float> upper, ReadOnlySpan<float> lower, float fraction, Span<float> target)
    {
        var i = 0;
        for (; i <= target.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var above = new Vector<float>(upper[i..]);
            (above + ((new Vector<float>(lower[i..]) - above) * fraction)).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
            target[i] = upper[i] + ((lower[i] - upper[i]) * fraction);
    }

    private static void Spread(float[] narrow, Tap[] columns, Span<float> target)
    {
        for (var x = 0; x < target.Length; x++)
        {
            ref readonly var tap = ref columns[x];
            var left = narrow[tap.First];
            target[x] = left + ((narrow[tap.Second] - left) * tap.Fraction);
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Tap(int First, int Second, float Fraction)
    {
        public static Tap At(int index, int count, int size)
        {
            var source = Math.Max(0, ((index + 0.5) * size / count) - 0.5);
            var first = Math.Min((int)source, size - 1);
            return new Tap(first, Math.Min(first + 1, size - 1), (float)(source - first));
        }
    }
}

/// <summary>What a network says of every pixel.</summary>
/// <param name="Mask">Class indices [H, W].</param>
/// <param name="Confidence">Probability of that class [H, W], 0 to 1.</param>
public sealed record LabelledImage(IndexMask Mask, float[] Confidence);
