using Maskwright.Imaging;
using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// Runs a model over a decoded split, in order, nothing dropped, and counts what it got right: the validation of training.
/// <see cref="SplitEvaluation"/> measures more, and reads the split as it goes.
/// </summary>
public static class Evaluation
{
    /// <summary>Evaluates at the size the model was trained at.</summary>
    /// <param name="model">The model; left in evaluation mode.</param>
    /// <param name="split">The split, decoded at the model's image size.</param>
    /// <param name="batchSize">Images at once, at least 1; only speed and memory depend on it.</param>
    /// <param name="cancellationToken">Ends it within one batch.</param>
    /// <param name="shown">Samples, by index, whose predictions are kept; null for none. Each is below the number of samples.</param>
    /// <exception cref="ArgumentException">The split was decoded at another size.</exception>
    public static EvaluationResult Run(
        TrainedModel model, SampleCache split, int batchSize, CancellationToken cancellationToken, IReadOnlyList<int>? shown = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (split.ImageSize != model.Description.ImageSize)
        {
            throw new ArgumentException($"The split was decoded at {split.ImageSize} pixels and the model was trained at {model.Description.ImageSize}; expected the same.", nameof(split));
        }

        model.Network.eval();
        var matrix = new ConfusionMatrix(model.Description.Classes.Count);
        var lossSum = 0.0;
        var kept = new IndexMask[shown?.Count ?? 0];
        Range[] batches = [.. Enumerable.Range(0, split.Samples.Count).Chunk(batchSize).Select(chunk => chunk[0]..(chunk[^1] + 1))];
        using var queue = new BatchQueue(batches.Length, number => Prepare(split, batches[number], model.Description), cancellationToken);
        for (var number = 0; number < batches.Length; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var batch = queue.Take();
            var predicted = Predict(model.Network, batch, out var loss);
            lossSum += loss;
            matrix.Add(batch.Masks, predicted);
            for (var i = 0; i < kept.Length; i++)
            {
                if (shown![i] / batchSize == number)
                {
                    kept[i] = MaskOf(predicted, shown[i] % batchSize, split.ImageSize);
                }
            }
        }

        return new EvaluationResult(matrix, matrix.Pixels == 0 ? 0 : lossSum / matrix.Pixels, kept);
    }

    private static IndexMask MaskOf(byte[] predicted, int place, int side)
    {
        var area = side * side;
        return new IndexMask(side, side, predicted.AsSpan(place * area, area).ToArray());
    }

    private static byte[] Predict(SegmentationNetwork network, Batch batch, out double loss)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var device = network.parameters().First().device;
        using var output = network.forward(batch.ToImages(device));
        loss = nn.functional.cross_entropy(output.Output, batch.ToTarget(device), ignore_index: IndexMask.Ignore, reduction: nn.Reduction.Sum).item<float>();
        return ScoreMap.HighestOf(output.Output);
    }

    private static Batch Prepare(SampleCache split, Range range, ModelDescription description)
    {
        var (first, count) = range.GetOffsetAndLength(split.Samples.Count);
        var batch = new Batch([.. Enumerable.Range(first, count).Select(split.KeyOf)], description.ImageSize);
        for (var i = 0; i < count; i++)
        {
            var sample = split.Samples[first + i];
            description.Normalization.Apply(sample.Image.Pixels, batch.Image(i));
            sample.Mask.Pixels.CopyTo(batch.Mask(i));
        }

        return batch;
    }
}

/// <summary>What an evaluation counted.</summary>
/// <param name="Matrix">Counts over every valid pixel of the split.</param>
/// <param name="Loss">Mean cross-entropy over those pixels, in nats; 0 when there is none.</param>
/// <param name="Shown">The predictions that were asked for, in their order.</param>
public sealed record EvaluationResult(ConfusionMatrix Matrix, double Loss, IReadOnlyList<IndexMask> Shown);
