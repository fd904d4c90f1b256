using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>
/// Whether a model is right as often as it believes: pixels are sorted into 15 bins of equal width by the probability of
/// their predicted class, and the share that is right is held against the mean probability (Guo et al. 2017, "On Calibration
/// of Modern Neural Networks").
/// </summary>
/// <remarks>Sums are whole numbers, so that the order of pixels is of no account. Not thread-safe: give each thread its own and <see cref="Merge"/> them.</remarks>
public sealed class Reliability
{
    /// <summary>Number of bins.</summary>
    public const int Bins = 15;

    // Confidence is summed in steps of 2^-24, which a 32-bit float resolves near 1.
    private const float Steps = 1 << 24;

    // Pixels looked at together.
    private const int Together = 8;

    private readonly Bin[] _bins = new Bin[Bins];

    /// <summary>Counts pixels; those whose truth is 255 are left out.</summary>
    /// <param name="truth">Class indices, or 255.</param>
    /// <param name="prediction">Class indices.</param>
    /// <param name="confidence">Probability of the predicted class, 0 to 1.</param>
    public void Add(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction, ReadOnlySpan<float> confidence)
    {
        // Neighbouring pixels mostly fall into one bin: eight of one are counted at once.
        var start = 0;
        for (; start <= truth.Length - Together; start += Together)
        {
            var shares = Vector256.Create(confidence.Slice(start, Together));
            var bins = Vector256.ConvertToInt32(Vector256.Ceiling(shares * Bins));
            var truths = Vector64.Create(truth.Slice(start, Together));
            if (bins != Vector256.Create(bins.ToScalar()) || Vector64.EqualsAny(truths, Vector64.Create(IndexMask.Ignore)))
            {
                AddEach(truth.Slice(start, Together), prediction[start..], confidence[start..]);
                continue;
            }

            var right = Vector64.Equals(truths, Vector64.Create(prediction.Slice(start, Together)));
            ref var counts = ref _bins[BinOf(confidence[start])];
            counts.Pixels += Together;
            counts.Right += BitOperations.PopCount(right.ExtractMostSignificantBits());
            counts.Confidence += Vector256.Sum(Vector256.ConvertToInt32(shares * Steps));
        }

        AddEach(truth[start..], prediction[start..], confidence[start..]);
    }

    /// <summary>Adds other counts.</summary>
    public void Merge(Reliability other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var b = 0; b < Bins; b++)
        {
            _bins[b].Pixels += other._bins[b].Pixels;
            _bins[b].Right += other._bins[b].Right;
            _bins[b].Confidence += other._bins[b].Confidence;
        }
    }

    /// <summary>The bins from the least to the most confident, and the error they add up to.</summary>
    public CalibrationMetrics ToMetrics()
    {
        var total = _bins.Sum(counts => counts.Pixels);
        var bins = new ReliabilityBin[Bins];
        for (var b = 0; b < Bins; b++)
        {
            var (pixels, right, confidence) = _bins[b];
            bins[b] = new ReliabilityBin(
                (double)b / Bins,
                (double)(b + 1) / Bins,
                pixels,
                pixels == 0 ? null : confidence / (double)Steps / pixels,
                pixels == 0 ? null : (double)right / pixels);
        }

        var error = bins.Sum(bin => bin.Pixels * Math.Abs((bin.Accuracy - bin.Confidence) ?? 0));
        return new CalibrationMetrics(total == 0 ? null : error / total, bins);
    }

    // Bin b holds what is above b / 15 and at most (b + 1) / 15.
    private static int BinOf(float confidence) => Math.Clamp((int)MathF.Ceiling(confidence * Bins) - 1, 0, Bins - 1);

    private void AddEach(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction, ReadOnlySpan<float> confidence)
    {
        for (var i = 0; i < truth.Length; i++)
        {
            if (truth[i] == IndexMask.Ignore)
                continue;
            ref var counts = ref _bins[BinOf(confidence[i])];
            counts.Pixels++;
            counts.Right += truth[i] == prediction[i] ? 1 : 0;
            counts.Confidence += (long)(confidence[i] * Steps);
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private record struct Bin(long Pixels, long Right, long Confidence);
}

/// <summary>How well confidence and correctness agree.</summary>
/// <param name="ExpectedError">Mean distance between confidence and accuracy, weighted by pixels (ECE), 0 to 1; null without a pixel.</param>
/// <param name="Bins">The reliability table, <see cref="Reliability.Bins"/> rows by rising confidence.</param>
public sealed record CalibrationMetrics(double? ExpectedError, IReadOnlyList<ReliabilityBin> Bins);

/// <summary>The pixels whose confidence lies in one interval.</summary>
/// <param name="Above">Lower end, exclusive.</param>
/// <param name="UpTo">Upper end, inclusive.</param>
/// <param name="Pixels">How many.</param>
/// <param name="Confidence">Their mean confidence; null when there are none.</param>
/// <param name="Accuracy">Share of them that is right; null when there are none.</param>
public sealed record ReliabilityBin(double Above, double UpTo, long Pixels, double? Confidence, double? Accuracy);
