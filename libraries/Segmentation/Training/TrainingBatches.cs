using System.Buffers;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>The batches of each epoch: which samples, in which order, changed how. All a function of (seed, epoch, sample).</summary>
internal sealed class TrainingBatches
{
    private readonly TrainingOptions _options;
    private readonly SampleCache _train;
    private readonly ImageNormalization _normalization;
    private readonly Augmentation _augmentation;
    private readonly double[]? _weights;

    public TrainingBatches(TrainingOptions options, SampleCache train, int classes, ImageNormalization normalization)
    {
        (_options, _train, _normalization) = (options, train, normalization);
        var counts = options.RareCrop > 0 || options.Sampling != SampleWeights.Uniform ? ClassCounts.Of(train.Samples, classes) : null;
        _augmentation = new Augmentation(options, normalization.MeanColour, counts);
        _weights = counts is null ? null : SampleWeights.Of(options, counts);
        PerEpoch = BatchPlan.ForTraining(new int[train.Samples.Count], options.BatchSize).Count;
    }

    /// <summary>Batches of an epoch.</summary>
    public int PerEpoch { get; }

    /// <summary>Starts preparing an epoch's batches in the background.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="first">Number of the first batch that is wanted, from 0.</param>
    /// <param name="cancellationToken">Ends preparing.</param>
    public BatchQueue Begin(int epoch, int first, CancellationToken cancellationToken)
    {
        var plan = BatchPlan.ForTraining(SampleRandom.Order(_options.Seed, epoch, _train.Samples.Count, _weights), _options.BatchSize);
        return new BatchQueue(plan.Count - first, number => Prepare(epoch, first + number, plan[first + number]), cancellationToken);
    }

    private Batch Prepare(int epoch, int number, ArraySegment<int> indices)
    {
        var size = _train.ImageSize;
        var batch = new Batch([.. indices.Select(_train.KeyOf)], size);
        var buffer = ArrayPool<byte>.Shared.Rent(size * size * 3);
        var pixels = buffer.AsSpan(0, size * size * 3);
        for (var i = 0; i < indices.Count; i++)
        {
            // A sample that an epoch takes several times is changed differently each time: its place counts too.
            var place = _weights is null ? 0 : 1 + (number * _options.BatchSize) + i;
            var random = new SampleRandom(_options.Seed, epoch, indices[i], place);
            _augmentation.Apply(_train.Samples[indices[i]], random, pixels, batch.Mask(i));
            _normalization.Apply(pixels, batch.Image(i));
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return batch;
    }
}
