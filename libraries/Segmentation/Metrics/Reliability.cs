namespace Maskwright.Segmentation;

/// <summary>
/// Whether a model is right as often as it believes: pixels are sorted into 15 bins of equal width by the probability of
/// their predicted class, and the share that is right is held against the mean probability (Guo et al. 2017, "On Calibration
/// of Modern Neural Networks").
/// </summary>
/// <remarks>Sums are whole numbers, so that the order of pixels is of no account. Not thread-safe.</remarks>
public sealed class Reliability
{
    /// <summary>Number of bins.</summary>
    public const int Bins = 15;

    // Confidence is summed in steps of 2^-24, which a 32-bit float resolves near 1.
    private const double Steps = 1 << 24;

    private const int Turns = 4;

    private readonly long[] _pixels = new long[Bins];
    private readonly long[] _right = new long[Bins];
    private readonly long[] _confidence = new long[Bins];

    /// <summary>Counts pixels; those whose truth is 255 are left out.</summary>
    /// <param name="truth">Class indices, or 255.</param>
    /// <param name="prediction">Class indices.</param>
    /// <param name="confidence">Probability of the predicted class, 0 to 1.</param>
    public void Add(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction, ReadOnlySpan<float> confidence)
    {
        // Neighbouring pixels mostly fall into one bin: counting in turns keeps each sum from waiting for the one before it.
        Span<long> pixels = stackalloc long[Turns * Bins];
        Span<long> right = stackalloc long[Turns * Bins];
        Span<long> sums = stackalloc long[Turns * Bins];
        for (var i = 0; i < truth.Length; i++)
        {
            if (truth[i] == Imaging.IndexMask.Ignore)
                continue;

            // Bin b holds what is above b / 15 and at most (b + 1) / 15.
            var bin = Math.Clamp((int)MathF.Ceiling(confidence[i] * Bins) - 1, 0, Bins - 1) + ((i % Turns) * Bins);
            pixels[bin]++;
            right[bin] += truth[i] == prediction[i] ? 1 : 0;
            sums[bin] += (long)(confidence[i] * (float)Steps);
        }

        for (var i = 0; i < Turns * Bins; i++)
        {
            _pixels[i % Bins] += pixels[i];
            _right[i % Bins] += right[i];
            _confidence[i % Bins] += sums[i];
        }
    }

    /// <summary>The bins from the least to the most confident, and the error they add up to.</summary>
    public CalibrationMetrics ToMetrics()
    {
        var total = _pixels.Sum();
        var bins = new ReliabilityBin[Bins];
        for (var b = 0; b < Bins; b++)
        {
            var pixels = _pixels[b];
            bins[b] = new ReliabilityBin(
                (double)b / Bins,
                (double)(b + 1) / Bins,
                pixels,
                pixels == 0 ? null : _confidence[b] / Steps / pixels,
                pixels == 0 ? null : (double)_right[b] / pixels);
        }

        var error = bins.Sum(bin => bin.Pixels * Math.Abs((bin.Accuracy - bin.Confidence) ?? 0));
        return new CalibrationMetrics(total == 0 ? null : error / total, bins);
    }
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
