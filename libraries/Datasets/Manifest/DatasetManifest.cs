using Maskwright.Artifacts;

namespace Maskwright.Datasets;

/// <summary>
/// A prepared dataset. Written last and once: a dataset without a manifest does not exist.
/// </summary>
public sealed record DatasetManifest
{
    /// <summary>The version of this form that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The dataset's id.</summary>
    public required string Id { get; init; }

    /// <summary>Version of the program that prepared it.</summary>
    public required string ProgramVersion { get; init; }

    /// <summary>When it was finished, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The names of the mask's values, by index; index 0 is "background". The value 255 is ignore and has no name.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>How it was made.</summary>
    public required PreparationOptions Options { get; init; }

    /// <summary>What it was made of.</summary>
    public required SourceLineage Source { get; init; }

    /// <summary>The splits "train", "val" and "test".</summary>
    public required IReadOnlyDictionary<string, SplitManifest> Splits { get; init; }

    /// <summary>The object that holds the <see cref="DatasetStatistics"/>.</summary>
    public required ArtifactEntry Statistics { get; init; }

    /// <summary>Pictures of the statistics, PNG.</summary>
    public IReadOnlyList<ArtifactEntry> Pictures { get; init; } = [];

    /// <summary>SHA-256 of classes, options and shards: equal input and options give equal digests, whatever the id and the time.</summary>
    public required string Digest { get; init; }
}

/// <summary>What a dataset was made of.</summary>
/// <param name="Kind">Kind of the source: "coco".</param>
/// <param name="AnnotationFile">Path of the annotation file within the folder.</param>
/// <param name="AnnotationSha256">Digest of the annotation file.</param>
/// <param name="ImagesSha256">Digest of the list of the chosen images' names and digests.</param>
public sealed record SourceLineage(string Kind, string AnnotationFile, string AnnotationSha256, string ImagesSha256);

/// <summary>One split.</summary>
/// <param name="Samples">How many samples it has.</param>
/// <param name="Shards">Its shards, in the order of the samples.</param>
public sealed record SplitManifest(int Samples, IReadOnlyList<ShardManifest> Shards);

/// <summary>One shard.</summary>
/// <param name="Tar">The tar file.</param>
/// <param name="Index">Its index.</param>
/// <param name="Samples">How many samples it has.</param>
public sealed record ShardManifest(ArtifactEntry Tar, ArtifactEntry Index, int Samples);
