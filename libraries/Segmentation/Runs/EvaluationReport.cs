using Maskwright.Artifacts;

namespace Maskwright.Segmentation;

/// <summary>A finished evaluation: <c>report.json</c>. Written last and once: an evaluation without a report does not exist.</summary>
public sealed record EvaluationReport
{
    /// <summary>The version of this form that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The evaluation's id.</summary>
    public required string Id { get; init; }

    /// <summary>Version of the program that evaluated.</summary>
    public required string ProgramVersion { get; init; }

    /// <summary>When it was finished, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Id of the run whose best weights were measured.</summary>
    public required string Run { get; init; }

    /// <summary>SHA-256 of those weights.</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>Id of the dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Digest of that dataset's content.</summary>
    public required string DatasetDigest { get; init; }

    /// <summary>The manifests it was made of: the run's and the dataset's.</summary>
    public IReadOnlyList<LineageLink> Inputs { get; init; } = [];

    /// <summary>The split that was measured.</summary>
    public required string Split { get; init; }

    /// <summary>Images measured.</summary>
    public required int Images { get; init; }

    /// <summary>Side of the square at which it was measured, in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Names of the classes by index; the first is the background.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Counts [truth, prediction], row-major, over every valid pixel.</summary>
    public required IReadOnlyList<long> Confusion { get; init; }

    /// <summary>The scores of those counts.</summary>
    public required SegmentationMetrics Metrics { get; init; }

    /// <summary>Mean cross-entropy over the valid pixels, in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>The figure of input, ground truth and prediction, a PNG.</summary>
    public required ArtifactEntry Figure { get; init; }

    /// <summary>Keys of the samples it shows, in order.</summary>
    public required IReadOnlyList<string> FigureSamples { get; init; }
}

/// <summary>Where an evaluation's objects are in the bucket.</summary>
public static class EvaluationKeys
{
    /// <summary>The report of an evaluation, its commit point.</summary>
    /// <param name="evaluationId">1 to 63 of a-z, 0-9 and -, starting with a letter.</param>
    public static string Report(string evaluationId) => $"evaluations/{evaluationId}/report.json";

    /// <summary>The figure of an evaluation.</summary>
    /// <param name="evaluationId">The evaluation.</param>
    public static string Figure(string evaluationId) => $"evaluations/{evaluationId}/figure.png";
}
