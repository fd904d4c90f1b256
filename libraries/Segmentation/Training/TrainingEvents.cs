using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>Something a run has reached. Events arrive in order, on the training thread: whoever listens must be quick.</summary>
public abstract record TrainingEvent;

/// <summary>The network stands and the first step is next.</summary>
public sealed record TrainingStarted : TrainingEvent
{
    /// <summary>Samples of the train split.</summary>
    public required int TrainSamples { get; init; }

    /// <summary>Samples of the validation split.</summary>
    public required int ValidationSamples { get; init; }

    /// <summary>Steps an epoch takes.</summary>
    public required int StepsPerEpoch { get; init; }

    /// <summary>Numbers that are trained.</summary>
    public required long Parameters { get; init; }

    /// <summary>The device in use, <c>cpu</c> or <c>cuda:N</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Compute threads.</summary>
    public required int Threads { get; init; }
}

/// <summary>Something about the run that is worth a line.</summary>
/// <param name="Text">The line.</param>
public sealed record TrainingNote(string Text) : TrainingEvent;

/// <summary>One batch has been learned from.</summary>
public sealed record StepCompleted : TrainingEvent
{
    /// <summary>Epoch, counted from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Batch within the epoch, counted from 1.</summary>
    public required int Step { get; init; }

    /// <summary>Batches of the epoch.</summary>
    public required int StepsPerEpoch { get; init; }

    /// <summary>The loss that is minimised.</summary>
    public required double Loss { get; init; }

    /// <summary>What the loss is the weighted sum of.</summary>
    public required IReadOnlyList<LossPart> LossParts { get; init; }

    /// <summary>Step size of the optimiser.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Norm of all gradients together before clipping; null after a batch that the optimiser makes no step for.</summary>
    public required double? GradientNorm { get; init; }

    /// <summary>Images of the batch.</summary>
    public required int Images { get; init; }

    /// <summary>Duration of the step with all that belongs to it, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Part of <see cref="Seconds"/> spent waiting for the batch, in seconds.</summary>
    public required double DataWaitSeconds { get; init; }
}

/// <summary>One part of a loss, before its weight.</summary>
/// <param name="Name">Name of the term; <c>auxiliary</c> for all terms over the auxiliary head.</param>
/// <param name="Value">Its value.</param>
public sealed record LossPart(string Name, double Value);

/// <summary>An epoch is trained and validated.</summary>
public sealed record EpochCompleted : TrainingEvent
{
    /// <summary>What the epoch ended with.</summary>
    public required EpochReport Report { get; init; }

    /// <summary>Counts over the whole validation split.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>What was predicted for <see cref="TrainingLoop.ShownSamples"/>, in their order.</summary>
    public required IReadOnlyList<IndexMask> ShownPredictions { get; init; }

    /// <summary>The best weights (<c>best.safetensors</c>) when this epoch's are the best so far, else null.</summary>
    public required string? BestWeightsPath { get; init; }
}

/// <summary>What one epoch ended with.</summary>
public sealed record EpochReport
{
    /// <summary>Counted from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Mean over the steps of the loss that is minimised.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>Scores over the train split as augmented, gathered during the steps.</summary>
    public required SegmentationMetrics Train { get; init; }

    /// <summary>Mean cross-entropy over the valid pixels of the validation split, in nats.</summary>
    public required double ValidationLoss { get; init; }

    /// <summary>Scores over the whole validation split.</summary>
    public required SegmentationMetrics Validation { get; init; }

    /// <summary>Step size of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Mean over the steps of the norm of all gradients together, before clipping.</summary>
    public double GradientNorm { get; init; }

    /// <summary>Training throughput, in images a second.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Duration of the training part, in seconds.</summary>
    public required double TrainSeconds { get; init; }

    /// <summary>Duration of the validation part, in seconds.</summary>
    public required double ValidationSeconds { get; init; }

    /// <summary>Part of <see cref="TrainSeconds"/> spent waiting for batches, in seconds.</summary>
    public required double DataWaitSeconds { get; init; }

    /// <summary>Largest resident memory of the process so far, in bytes.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>Whether it is better than every epoch before, by the run's criterion.</summary>
    public required bool IsBest { get; init; }
}

/// <summary>What a run ended with.</summary>
/// <param name="Epochs">Every epoch in order.</param>
/// <param name="BestEpoch">Number of the best epoch by the run's criterion; the earliest of equals.</param>
/// <param name="BestWeightsPath">Its weights.</param>
public sealed record TrainingResult(IReadOnlyList<EpochReport> Epochs, int BestEpoch, string BestWeightsPath);
