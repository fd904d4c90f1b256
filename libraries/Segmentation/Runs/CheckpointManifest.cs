using Maskwright.Artifacts;

namespace Maskwright.Segmentation;

/// <summary>
/// All that an unfinished run needs to go on, <c>checkpoint.json</c>. Written last: a checkpoint without a manifest does not
/// exist.
/// </summary>
public sealed record CheckpointManifest
{
    /// <summary>The version of this form that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The run's id.</summary>
    public required string Run { get; init; }

    /// <summary>Version of the program that trained so far.</summary>
    public required string ProgramVersion { get; init; }

    /// <summary>When it was stored, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Digest of the dataset's content.</summary>
    public required string DatasetDigest { get; init; }

    /// <summary>SHA-256 of the initial weights; null when they were drawn.</summary>
    public string? InitialWeightsSha256 { get; init; }

    /// <summary>The device that computed, <c>cpu</c> or <c>cuda:N</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Compute threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Batches learned from since the run began.</summary>
    public required long Step { get; init; }

    /// <summary>Every number of the run that is no tensor.</summary>
    public required TrainingState State { get; init; }

    /// <summary>The network's weights, a safetensors file that torchvision loads.</summary>
    public required ArtifactEntry Weights { get; init; }

    /// <summary>What the optimiser and the average of the weights remember, a safetensors file.</summary>
    public required ArtifactEntry Training { get; init; }

    /// <summary>Every epoch that has ended, a list of <see cref="EpochReport"/>.</summary>
    public required ArtifactEntry Epochs { get; init; }

    /// <summary>The best weights so far, a safetensors file; null when no epoch has ended.</summary>
    public ArtifactEntry? Best { get; init; }
}
