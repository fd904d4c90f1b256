using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Maskwright.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>Scores before soft maximum, and what follows from them.</summary>
internal static class ScoreMap
{
    private const int LogarithmsAtOnce = 8;

    /// <summary>The highest class of every pixel.</summary>
    /// <param name="scores">Scores [N, C, H, W].</param>
    /// <returns>Class indices [N, H, W], row-major.</returns>
    public static byte[] HighestOf(Tensor scores)
    {
        using var scope = NewDisposeScope();
        if (scores.device.type != DeviceType.CPU)
        {
            // A byte a pixel on its way to the host instead of a score a class.
            return scores.detach().argmax(1).to(ScalarType.Byte).cpu().contiguous().bytes.ToArray();
        }

        var planes = scores.detach().contiguous();
        var (count, classes, area) = ((int)scores.shape[0], (int)scores.shape[1], (int)(scores.shape[2] * scores.shape[3]));
        var values = MemoryMarshal.Cast<byte, float>(planes.bytes);
        var labels = new byte[count * area];
        for (var i = 0; i < count; i++)
            ScoreGrid.Label(values.Slice(i * classes * area, classes * area), area, classes, labels.AsSpan(i * area, area), confidence: []);
        return labels;
    }

    /// <summary>The sum of the cross-entropy over the valid pixels, in nats, of scores that have the mask's size.</summary>
    public static double CrossEntropy(ScoreGrid scores, LabelledImage labelled, IndexMask truth)
    {
        if ((scores.Width, scores.Height) != (truth.Width, truth.Height))
            throw new ArgumentException($"Scores of {scores.Width}x{scores.Height} beside a mask of {truth.Width}x{truth.Height}; expected the same size.", nameof(scores));
        var sum = 0.0;
        var area = truth.Pixels.Length;
        Span<float> confidence = stackalloc float[LogarithmsAtOnce];
        for (var start = 0; start < area; start += LogarithmsAtOnce)
        {
            var length = Math.Min(LogarithmsAtOnce, area - start);
            confidence.Fill(1);
            labelled.Confidence.AsSpan(start, length).CopyTo(confidence);
            var logarithms = Vector256.Log(Vector256.Create<float>(confidence));
            for (var i = 0; i < length; i++)
            {
                var (shown, said) = (truth.Pixels[start + i], labelled.Mask.Pixels[start + i]);
                if (shown == IndexMask.Ignore)
                    continue;

                // -log p(truth) = s(predicted) - s(truth) - log p(predicted).
                sum -= logarithms[i];
                if (shown != said)
                    sum += scores.Values[(said * area) + start + i] - scores.Values[(shown * area) + start + i];
            }
        }

        return sum;
    }
}
