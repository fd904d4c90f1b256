using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>How a split is measured.</summary>
public sealed record EvaluationSettings
{
    /// <summary>Images at once, at least 1; only speed and memory depend on it.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>
    /// Whether predictions are scaled back and held against each image's own mask, instead of masks shrunk to the network's
    /// input size.
    /// </summary>
    public bool OriginalSize { get; init; }

    /// <summary>How images are shown to the network.</summary>
    public InferenceOptions Inference { get; init; } = InferenceOptions.Plain;
}

/// <summary>One sample and what the network said of it, at the size of the measurement.</summary>
/// <param name="Key">The sample's key.</param>
/// <param name="Image">8-bit RGB.</param>
/// <param name="Truth">The annotators' mask, of the same size.</param>
/// <param name="Prediction">The network's.</param>
public sealed record EvaluatedSample(string Key, RgbImage Image, IndexMask Truth, LabelledImage Prediction);

/// <summary>What a split was measured with.</summary>
/// <param name="Tally">Everything that was counted.</param>
/// <param name="Loss">Mean cross-entropy over the valid pixels, in nats; null at the images' own sizes, or without a valid pixel.</param>
public sealed record SplitResult(SplitTally Tally, double? Loss);

/// <summary>
/// Runs a model over a split as it is read: every sample once, in order, nothing dropped. Samples are decoded ahead on other
/// threads, a few at a time, so that memory does not grow with the split.
/// </summary>
public static class SplitEvaluation
{
    /// <summary>Measures.</summary>
    /// <param name="model">The model; left as it is.</param>
    /// <param name="split">The samples in their order.</param>
    /// <param name="settings">How.</param>
    /// <param name="each">Handed every sample and its counts in order, one at a time; null when nobody asks.</param>
    /// <param name="cancellationToken">Ends it within one batch.</param>
    /// <returns>What was counted.</returns>
    /// <exception cref="ImageFormatException">An image or mask does not decode; the message names the sample.</exception>
    /// <exception cref="InvalidDataException">A mask names a class that is not there.</exception>
    public static async Task<SplitResult> RunAsync(
        TrainedModel model, IAsyncEnumerable<EncodedSample> split, EvaluationSettings settings, Action<EvaluatedSample, ImageCounts>? each, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.BatchSize, 1);
        var classes = model.Description.Classes.Count;
        var tally = new SplitTally(classes);
        var loss = 0.0;
        using var scorer = new Scorer(model, settings.Inference);
        var side = model.Description.ImageSize;
        var decoded = OrderedParallel.SelectAsync(
            split, (sample, _) => Task.FromResult(Decode(sample, settings, side, classes)), settings.BatchSize + Environment.ProcessorCount, cancellationToken);
        await foreach (var samples in decoded.Chunk(settings.BatchSize).WithCancellation(cancellationToken))
        {
            var scores = await Task.Run(() => scorer.Score([.. samples.Select(sample => sample.Image)]), cancellationToken);
            for (var i = 0; i < samples.Length; i++)
            {
                var sample = samples[i];
                var labelled = scores[i].Label(sample.Mask.Width, sample.Mask.Height);
                tally.Add(sample.Key, sample.Mask, labelled);
                if (!settings.OriginalSize)
                    loss += ScoreMap.CrossEntropy(scores[i], labelled, sample.Mask);
                each?.Invoke(new EvaluatedSample(sample.Key, sample.Image, sample.Mask, labelled), tally.Images[^1]);
            }
        }

        return new SplitResult(tally, settings.OriginalSize || tally.Matrix.Pixels == 0 ? null : loss / tally.Matrix.Pixels);
    }

    private static CachedSample Decode(EncodedSample sample, EvaluationSettings settings, int side, int classes) =>
        settings.OriginalSize ? CachedSample.Decode(sample, classes) : CachedSample.DecodeSquare(sample, side, classes);
}
