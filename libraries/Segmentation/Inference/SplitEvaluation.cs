using System.Runtime.InteropServices;
using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>How a split is measured.</summary>
public sealed record EvaluationSettings
{
    /// <summary>Images a forward pass, at least 1; only speed and memory depend on it.</summary>
    public int BatchSize { get; init; } = 4;

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
/// Runs a model over a split as it is read: every sample once, in order, nothing dropped. Each batch is decoded, computed and
/// counted by one thread, as many batches at once as there are cores, so that no core waits for another and memory does not
/// grow with the split.
/// </summary>
public static class SplitEvaluation
{
    /// <summary>What it computes with, e.g. <c>cpu, 2 threads, Debian GNU/Linux 12 (bookworm), X64</c>.</summary>
    public static string Hardware { get; } = FormattableString.Invariant(
        $"cpu, {Scorer.Threads} threads, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");

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
        var tally = new SplitTally(model.Description.Classes.Count);
        var loss = 0.0;
        using var scorer = new Scorer(model, settings.Inference);

        // One more than cores: what waits for its turn keeps no core from the next.
        var measured = OrderedParallel.SelectAsync(
            split.Chunk(settings.BatchSize), (samples, _) => Task.FromResult(Measure(scorer, model.Description, samples, settings)), Scorer.Threads + 1, cancellationToken);
        await foreach (var batch in measured)
        {
            tally.Merge(batch.Tally);
            for (var i = 0; i < batch.Samples.Count; i++)
            {
                loss += batch.Losses[i];
                each?.Invoke(batch.Samples[i], batch.Tally.Images[i]);
            }
        }

        return new SplitResult(tally, settings.OriginalSize || tally.Matrix.Pixels == 0 ? null : loss / tally.Matrix.Pixels);
    }

    private static MeasuredBatch Measure(Scorer scorer, ModelDescription model, EncodedSample[] encoded, EvaluationSettings settings)
    {
        var classes = model.Classes.Count;
        CachedSample[] samples = [.. encoded.Select(sample =>
            settings.OriginalSize ? CachedSample.Decode(sample, classes) : CachedSample.DecodeSquare(sample, model.ImageSize, classes))];
        var scores = scorer.Score([.. samples.Select(sample => sample.Image)]);
        var batch = new MeasuredBatch(new SplitTally(classes), [], []);
        for (var i = 0; i < samples.Length; i++)
        {
            var (key, image, truth) = samples[i];
            var labelled = scores[i].Label(truth.Width, truth.Height, withConfidence: true);
            batch.Tally.Add(key, truth, labelled, encoded[i].Info);
            batch.Samples.Add(new EvaluatedSample(key, image, truth, labelled));
            batch.Losses.Add(settings.OriginalSize ? 0 : ScoreMap.CrossEntropy(scores[i], labelled, truth));
        }

        return batch;
    }

    private sealed record MeasuredBatch(SplitTally Tally, List<EvaluatedSample> Samples, List<double> Losses);
}
