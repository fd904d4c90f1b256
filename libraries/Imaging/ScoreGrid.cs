using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Maskwright.Imaging;

/// <summary>The scores of one image before soft maximum, as a network gives them.</summary>
/// <param name="Values">Shape [C, H, W], row-major.</param>
/// <param name="Classes">C, background included.</param>
/// <param name="Width">W, in pixels.</param>
/// <param name="Height">H, in pixels.</param>
public sealed record ScoreGrid(float[] Values, int Classes, int Width, int Height)
{
    // A stretch at a time, so that what is known of its pixels stays in the nearest cache.
    private const int Stretch = 1024;

    /// <summary>The scores of one class.</summary>
    public ReadOnlySpan<float> Plane(int index) => Values.AsSpan(index * Width * Height, Width * Height);

    /// <summary>Scores interpolated to another size, bilinearly by pixel centres.</summary>
    /// <param name="width">Width wanted, in pixels.</param>
    /// <param name="height">Height wanted, in pixels.</param>
    public ScoreGrid Resize(int width, int height)
    {
        if (width == Width && height == Height)
            return this;
        var resized = new float[Classes * width * height];
        var rows = new RowInterpolation(this, width, height);
        var row = new float[Classes * width];
        for (var y = 0; y < height; y++)
        {
            rows.Interpolate(y, row);
            for (var c = 0; c < Classes; c++)
                row.AsSpan(c * width, width).CopyTo(resized.AsSpan((((c * height) + y) * width)));
        }

        return new ScoreGrid(resized, Classes, width, height);
    }

    /// <summary>Scores of the image mirrored left to right.</summary>
    public ScoreGrid Mirror()
    {
        var mirrored = (float[])Values.Clone();
        for (var row = 0; row < Classes * Height; row++)
            mirrored.AsSpan(row * Width, Width).Reverse();
        return new ScoreGrid(mirrored, Classes, Width, Height);
    }

    /// <summary>Joins several looks at one image: their probabilities are averaged, and as logarithms are scores again.</summary>
    /// <param name="looks">Grids of one size, at least one.</param>
    public static ScoreGrid Average(IReadOnlyList<ScoreGrid> looks)
    {
        ArgumentNullException.ThrowIfNull(looks);
        var (classes, area) = (looks[0].Classes, looks[0].Width * looks[0].Height);
        var sums = new float[classes * area];
        var confidence = new float[area];
        var labels = new byte[area];
        foreach (var look in looks)
        {
            // p(c) = exp(s(c) - s(best)) · p(best).
            Label(look.Values, area, classes, labels, confidence);
            for (var c = 0; c < classes; c++)
            {
                for (var i = 0; i < area; i++)
                    sums[(c * area) + i] += MathF.Exp(look.Values[(c * area) + i] - look.Values[(labels[i] * area) + i]) * confidence[i];
            }
        }

        for (var i = 0; i < sums.Length; i++)
            sums[i] = MathF.Log(MathF.Max(sums[i] / looks.Count, float.Epsilon));
        return looks[0] with { Values = sums };
    }

    /// <summary>
    /// The class of the highest score of every pixel, the lowest index of equals, and how sure the network is. Where the size
    /// differs, scores are interpolated bilinearly by pixel centres (PyTorch's <c>align_corners=False</c>), not labels, so that
    /// edges are as smooth as the scores are.
    /// </summary>
    /// <param name="width">Width wanted, in pixels.</param>
    /// <param name="height">Height wanted, in pixels.</param>
    /// <param name="withConfidence">Whether it is asked how sure the network is, which takes half of the time.</param>
    public LabelledImage Label(int width, int height, bool withConfidence)
    {
        var mask = IndexMask.Empty(width, height);
        var confidence = withConfidence ? new float[width * height] : [];
        if (width == Width && height == Height)
        {
            Label(Values, width * height, Classes, mask.Pixels, confidence);
            return new LabelledImage(mask, confidence);
        }

        var rows = new RowInterpolation(this, width, height);
        var row = new float[Classes * width];
        for (var y = 0; y < height; y++)
        {
            rows.Interpolate(y, row);
            Label(row, width, Classes, mask.Pixels.AsSpan(y * width, width), withConfidence ? confidence.AsSpan(y * width, width) : []);
        }

        return new LabelledImage(mask, confidence);
    }

    /// <summary>Labels pixels whose scores lie in planes, one class after the other.</summary>
    /// <param name="planes">Shape [C, pixels].</param>
    /// <param name="pixels">Number of pixels.</param>
    /// <param name="classes">C.</param>
    /// <param name="labels">Where the class indices go.</param>
    /// <param name="confidence">Where their probabilities go; empty when nobody asks.</param>
    public static void Label(ReadOnlySpan<float> planes, int pixels, int classes, Span<byte> labels, Span<float> confidence)
    {
        Span<float> best = stackalloc float[Stretch];
        for (var start = 0; start < pixels; start += Stretch)
        {
            var length = Math.Min(Stretch, pixels - start);
            var target = labels.Slice(start, length);
            var highest = best[..length];
            FindHighest(planes, pixels, classes, start, target, highest);
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

    private static void FindHighest(ReadOnlySpan<float> planes, int pixels, int classes, int start, Span<byte> labels, Span<float> highest)
    {
        // A vector of bytes holds the labels of four vectors of scores.
        var lanes = Vector<float>.Count;
        var i = 0;
        for (; i <= labels.Length - (4 * lanes); i += 4 * lanes)
        {
            var (a, labelsA) = HighestOf(planes[(start + i)..], pixels, classes);
            var (b, labelsB) = HighestOf(planes[(start + i + lanes)..], pixels, classes);
            var (c, labelsC) = HighestOf(planes[(start + i + (2 * lanes))..], pixels, classes);
            var (d, labelsD) = HighestOf(planes[(start + i + (3 * lanes))..], pixels, classes);
            a.CopyTo(highest[i..]);
            b.CopyTo(highest[(i + lanes)..]);
            c.CopyTo(highest[(i + (2 * lanes))..]);
            d.CopyTo(highest[(i + (3 * lanes))..]);
            Vector.Narrow(Vector.Narrow(labelsA, labelsB), Vector.Narrow(labelsC, labelsD)).CopyTo(labels[i..]);
        }

        for (; i < labels.Length; i++)
        {
            (highest[i], labels[i]) = (planes[start + i], 0);
            for (var c = 1; c < classes; c++)
            {
                var score = planes[(c * pixels) + start + i];
                if (score > highest[i])
                    (highest[i], labels[i]) = (score, (byte)c);
            }
        }
    }

    private static (Vector<float> Highest, Vector<uint> Labels) HighestOf(ReadOnlySpan<float> planes, int pixels, int classes)
    {
        var highest = new Vector<float>(planes);
        var labels = Vector<uint>.Zero;
        for (var c = 1; c < classes; c++)
        {
            var scores = new Vector<float>(planes[(c * pixels)..]);
            var higher = Vector.GreaterThan(scores, highest);
            highest = Vector.ConditionalSelect(higher, scores, highest);
            labels = Vector.ConditionalSelect(higher.As<int, uint>(), new Vector<uint>((uint)c), labels);
        }

        return (highest, labels);
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
}

/// <summary>What a network says of every pixel.</summary>
/// <param name="Mask">Class indices [H, W].</param>
/// <param name="Confidence">Probability of that class [H, W], 0 to 1; empty where nobody asked.</param>
public sealed record LabelledImage(IndexMask Mask, float[] Confidence)
{
    /// <summary>Confidence as values from 0 to 255, to be shown with <see cref="Palette.Grey"/>.</summary>
    public IndexMask ConfidenceInGrey() =>
        new(Mask.Width, Mask.Height, Array.ConvertAll(Confidence, value => (byte)MathF.Round(value * 255)));
}
