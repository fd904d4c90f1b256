namespace Maskwright.Segmentation;

/// <summary>
/// Where a run stands between two steps: every number that is no tensor. Order, augmentation and dropout need none, for they
/// are functions of (seed, epoch, sample or batch).
/// </summary>
public sealed record TrainingState
{
    /// <summary>The epoch that is being trained, from 1; one more than there are once the last has ended.</summary>
    public required int Epoch { get; init; }

    /// <summary>Batches of it that are learned from; all of them when it is yet to be validated.</summary>
    public required int Batches { get; init; }

    /// <summary>Steps that the optimiser has made.</summary>
    public required long OptimizerSteps { get; init; }

    /// <summary>Weights that the average has taken in; 0 where there is none.</summary>
    public required long AverageUpdates { get; init; }

    /// <summary>What losses are multiplied by before the backward pass.</summary>
    public required double LossScale { get; init; }

    /// <summary>Steps since that last changed.</summary>
    public required int LossScaleSteps { get; init; }

    /// <summary>What the epoch has added up.</summary>
    public required EpochSums Sums { get; init; }

    /// <summary>Epoch of the best weights; 0 while there are none.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Their score by the run's criterion; negative infinity where it has none.</summary>
    public required double BestScore { get; init; }
}

/// <summary>What adds up over the steps of an epoch.</summary>
/// <param name="Loss">Sum of the batches' losses.</param>
/// <param name="Batches">Number of them.</param>
/// <param name="GradientNorm">Sum of the steps' gradient norms.</param>
/// <param name="Steps">Number of them.</param>
/// <param name="Images">Images learned from.</param>
/// <param name="Seconds">Time spent.</param>
/// <param name="DataWaitSeconds">Part of it that was spent waiting for batches.</param>
/// <param name="LearningRate">Step size of the last step.</param>
/// <param name="Confusion">Counts [truth, prediction], row-major.</param>
public sealed record EpochSums(
    double Loss, int Batches, double GradientNorm, int Steps, int Images, double Seconds, double DataWaitSeconds, double LearningRate, IReadOnlyList<long> Confusion);
