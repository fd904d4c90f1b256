using System.Text.Json.Serialization;
using Maskwright.Artifacts;

namespace Maskwright.Segmentation;

/// <summary>A finished training run. Written last and once: a run without a manifest has no model.</summary>
public sealed record RunManifest
{
    /// <summary>The version of this form that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The run's id.</summary>
    public required string Id { get; init; }

    /// <summary>Version of the program that trained it.</summary>
    public required string ProgramVersion { get; init; }

    /// <summary>When it was finished, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Id of the dataset it was trained on.</summary>
    public required string Dataset { get; init; }

    /// <summary>Digest of that dataset's content.</summary>
    public required string DatasetDigest { get; init; }

    /// <summary>The manifests it was made of: the dataset's, and those of runs whose weights it began with.</summary>
    public IReadOnlyList<LineageLink> Inputs { get; init; } = [];

    /// <summary>Names of the classes by index; the first is the background.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The whole recipe, the seed included.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Where the initial weights came from: a path, an object's key or a URL; "random" means drawn from the seed.</summary>
    public required string InitialWeights { get; init; }

    /// <summary>SHA-256 of the initial weights; null when they were drawn.</summary>
    public string? InitialWeightsSha256 { get; init; }

    /// <summary>By what the best epoch was chosen.</summary>
    public required string Criterion { get; init; }

    /// <summary>Number of the best epoch, from 1.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>The weights of the best epoch, a safetensors file.</summary>
    public required ArtifactEntry Model { get; init; }

    /// <summary>The weights of the last epoch, a safetensors file.</summary>
    public required ArtifactEntry LastCheckpoint { get; init; }

    /// <summary>The weights of the checkpoint before, a safetensors file; null when there was none.</summary>
    public ArtifactEntry? EarlierCheckpoint { get; init; }

    /// <summary>The object that holds every epoch's figures in order, a list of <see cref="EpochReport"/>.</summary>
    public required ArtifactEntry History { get; init; }

    /// <summary>Pictures of a few validation samples: image, mask and the predictions of the epochs.</summary>
    public IReadOnlyList<ArtifactEntry> Shown { get; init; } = [];
}

/// <summary>Where a run's objects are in the bucket.</summary>
public static class RunKeys
{
    /// <summary>The manifest of a run.</summary>
    /// <param name="runId">1 to 63 of a-z, 0-9 and -, starting with a letter.</param>
    public static string Manifest(string runId) => $"runs/{runId}/manifest.json";

    /// <summary>The epochs of a run.</summary>
    /// <param name="runId">The run.</param>
    public static string History(string runId) => $"runs/{runId}/history.json";

    /// <summary>The best weights of a run.</summary>
    /// <param name="runId">The run.</param>
    public static string Best(string runId) => $"runs/{runId}/best.safetensors";

    /// <summary>What the keys of all checkpoints of a run begin with.</summary>
    /// <param name="runId">The run.</param>
    public static string Checkpoints(string runId) => $"runs/{runId}/checkpoints/";

    /// <summary>The manifest of a checkpoint, its commit point. Keys sort by step.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">Batches learned from since the run began.</param>
    public static string Checkpoint(string runId, long step) => $"{Checkpoints(runId)}{step:D9}/checkpoint.json";

    /// <summary>A file of a checkpoint.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">Batches learned from since the run began.</param>
    /// <param name="name">The file's name.</param>
    public static string CheckpointFile(string runId, long step, string name) => $"{Checkpoints(runId)}{step:D9}/{name}";

    /// <summary>The best weights of a run that has not ended, by their epoch.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    public static string BestSoFar(string runId, int epoch) => $"{Checkpoints(runId)}best-{epoch:D5}.safetensors";

    /// <summary>What the keys of a run's pictures begin with.</summary>
    /// <param name="runId">The run.</param>
    public static string ShownPrefix(string runId) => $"runs/{runId}/shown/";

    /// <summary>The pictures of one of the validation samples that a run shows: PNG, masks with a palette.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="sample">Place of the sample among those shown, from 0.</param>
    /// <param name="epoch">The epoch of the prediction, from 1.</param>
    public static (string Image, string Truth, string Prediction) Shown(string runId, int sample, int epoch)
    {
        var folder = $"{ShownPrefix(runId)}{sample}/";
        return (folder + "image.png", folder + "truth.png", $"{folder}{epoch}.png");
    }
}

/// <summary>JSON of a run's documents.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(RunManifest))]
[JsonSerializable(typeof(TrainingOptions))]
[JsonSerializable(typeof(IReadOnlyList<EpochReport>))]
[JsonSerializable(typeof(TrainingState))]
[JsonSerializable(typeof(CheckpointManifest))]
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(EvaluatedImages))]
[JsonSerializable(typeof(ExportManifest))]
public sealed partial class RunJson : JsonSerializerContext;
