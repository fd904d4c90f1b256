using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maskwright.Segmentation;

namespace Maskwright.Trainer;

/// <summary>What a worker is asked to do; one line of JSON on its standard input.</summary>
/// <param name="Run">Id of the run.</param>
/// <param name="Dataset">Id of the dataset.</param>
/// <param name="Options">The whole recipe.</param>
/// <param name="ProgramVersion">Version to put into the manifest.</param>
/// <param name="SpoolDirectory">Where it puts what it reports for the collector.</param>
/// <param name="TraceParent">W3C trace parent of the service's span; null when there is none.</param>
internal sealed record WorkerOrder(string Run, string Dataset, TrainingOptions Options, string ProgramVersion, string SpoolDirectory, string? TraceParent)
{
    /// <summary>How long training pauses for a checkpoint that cannot be stored, before it ends.</summary>
    public TimeSpan StoragePatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Bytes of decoded samples that are kept in memory.</summary>
    public long CacheMemoryBytes { get; init; } = new SampleCacheLimits().MemoryBytes;

    /// <summary>Bytes of decoded samples that are kept in a temporary file besides.</summary>
    public long CacheFileBytes { get; init; } = new SampleCacheLimits().FileBytes;

    /// <summary>The line that asks a worker to stop after its present step.</summary>
    public const string CancelLine = "cancel";
}

/// <summary>Something that happened in a worker; one line of JSON on its standard output.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(WorkerProgress), "progress")]
[JsonDerivedType(typeof(WorkerMessage), "message")]
[JsonDerivedType(typeof(WorkerEpoch), "epoch")]
[JsonDerivedType(typeof(WorkerResumed), "resumed")]
[JsonDerivedType(typeof(WorkerCheckpoint), "checkpoint")]
[JsonDerivedType(typeof(WorkerSucceeded), "succeeded")]
[JsonDerivedType(typeof(WorkerFailed), "failed")]
internal abstract record WorkerEvent
{
    /// <summary>Reads a line; false for one that is none of ours, such as a native library's chatter.</summary>
    public static bool TryParse(string line, [NotNullWhen(true)] out WorkerEvent? happened)
    {
        happened = null;
        if (!line.StartsWith('{'))
            return false;
        try
        {
            happened = JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerEvent);
        }
        catch (JsonException)
        {
            return false;
        }

        return happened is not null;
    }
}

/// <summary>How far it is.</summary>
internal sealed record WorkerProgress(string Stage, long Done, long Total, string Unit) : WorkerEvent;

/// <summary>Something worth a line.</summary>
internal sealed record WorkerMessage(string Text) : WorkerEvent;

/// <summary>An epoch has ended.</summary>
internal sealed record WorkerEpoch(EpochReport Report) : WorkerEvent;

/// <summary>It begins, or goes on from a checkpoint.</summary>
/// <param name="Checkpoint">The checkpoint; null at the beginning.</param>
/// <param name="Epochs">Every epoch that had ended by then, in order.</param>
internal sealed record WorkerResumed(WorkerCheckpoint? Checkpoint, IReadOnlyList<EpochReport> Epochs) : WorkerEvent;

/// <summary>A checkpoint is in storage.</summary>
/// <param name="Step">Batches learned from since the run began.</param>
/// <param name="Epoch">The epoch that was being trained, from 1.</param>
/// <param name="EpochStep">Batches of it that were learned from.</param>
/// <param name="Time">When it was stored.</param>
internal sealed record WorkerCheckpoint(long Step, int Epoch, int EpochStep, DateTimeOffset Time) : WorkerEvent
{
    /// <summary>The event of a checkpoint.</summary>
    public static WorkerCheckpoint Of(CheckpointManifest manifest) => new(manifest.Step, manifest.State.Epoch, manifest.State.Batches, manifest.CreatedAt);
}

/// <summary>The manifest is committed.</summary>
internal sealed record WorkerSucceeded(string ModelSha256, int BestEpoch, long PeakMemoryBytes) : WorkerEvent;

/// <summary>It failed. Code, reason and message are those of a <c>google.rpc.Status</c>.</summary>
internal sealed record WorkerFailed(int Code, string Reason, string Message) : WorkerEvent;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(WorkerOrder))]
[JsonSerializable(typeof(WorkerEvent))]
internal sealed partial class WorkerJson : JsonSerializerContext;
