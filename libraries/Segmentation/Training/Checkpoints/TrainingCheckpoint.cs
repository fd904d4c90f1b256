namespace Maskwright.Segmentation;

/// <summary>What an interrupted run goes on from: what a <see cref="TrainingSnapshot"/> of it gave.</summary>
public sealed record TrainingCheckpoint
{
    /// <summary>Where it stood.</summary>
    public required TrainingState State { get; init; }

    /// <summary>Every epoch that had ended, in order.</summary>
    public required IReadOnlyList<EpochReport> Epochs { get; init; }

    /// <summary>File of the network's weights.</summary>
    public required string WeightsPath { get; init; }

    /// <summary>File of the other tensors.</summary>
    public required string TensorsPath { get; init; }

    /// <summary>File of the best weights; null when no epoch had ended.</summary>
    public required string? BestWeightsPath { get; init; }
}
