using Maskwright.Artifacts;

namespace Maskwright.Segmentation;

/// <summary>A finished evaluation: <c>report.json</c>. Written last and once: an evaluation without a report does not exist.</summary>
public sealed record EvaluationReport
{
    /// <summary>The version of this form that is written.</summary>
    public const int CurrentVersion = 2;

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

    /// <summary>Side of the network's square input, in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>How it was measured; null before version 2, which knew the network's size alone.</summary>
    public EvaluationSettings? Settings { get; init; }

    /// <summary>Names of the classes by index; the first is the background.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Counts [truth, prediction], row-major, over every valid pixel.</summary>
    public required IReadOnlyList<long> Confusion { get; init; }

    /// <summary>The scores of those counts.</summary>
    public required SegmentationMetrics Metrics { get; init; }

    /// <summary>Mean cross-entropy over the valid pixels, in nats; null when measured at the images' own sizes.</summary>
    public required double? Loss { get; init; }

    /// <summary>Boundary IoU by class index, null for an absent class (<see cref="BoundaryCounts"/>); empty before version 2.</summary>
    public IReadOnlyList<double?> BoundaryIoU { get; init; } = [];

    /// <summary>Whether the model is right as often as it believes; null before version 2.</summary>
    public CalibrationMetrics? Calibration { get; init; }

    /// <summary>Scores by the size of objects; null where <see cref="NoSizes"/> says why, and of reports from before they were kept.</summary>
    public IReadOnlyList<SizeMetrics>? Sizes { get; init; }

    /// <summary>Why there are no scores by size.</summary>
    public string? NoSizes { get; init; }

    /// <summary>95% intervals by bootstrap over images; null before version 2.</summary>
    public ScoreIntervals? Intervals { get; init; }

    /// <summary>The counts of every image, an <see cref="EvaluatedImages"/>; null before version 2.</summary>
    public ArtifactEntry? ImageCounts { get; init; }

    /// <summary>Images with the lowest mean IoU, the lowest first.</summary>
    public IReadOnlyList<ImageScore> Worst { get; init; } = [];

    /// <summary>Images with the highest mean IoU, the highest first.</summary>
    public IReadOnlyList<ImageScore> Best { get; init; } = [];

    /// <summary>Where the run's first weights came from; "random" when they were drawn from its seed.</summary>
    public string InitialWeights { get; init; } = "random";

    /// <summary>Digest of the dataset that the run was trained on.</summary>
    public string TrainedOnDigest { get; init; } = "";

    /// <summary>What it was computed with, e.g. <c>cpu, 2 threads, Linux x64</c>.</summary>
    public string Hardware { get; init; } = "";

    /// <summary>How long the measurement took, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>The report as one self-contained page; null before version 2.</summary>
    public ArtifactEntry? Html { get; init; }

    /// <summary>The table by class, CSV; null before version 2.</summary>
    public ArtifactEntry? Csv { get; init; }

    /// <summary>The figure of input, ground truth and prediction, a PNG.</summary>
    public required ArtifactEntry Figure { get; init; }

    /// <summary>Keys of the samples it shows, in order.</summary>
    public required IReadOnlyList<string> FigureSamples { get; init; }
}

/// <summary>One image's score.</summary>
/// <param name="Key">The sample's key in its dataset.</param>
/// <param name="MeanIoU">Its mean IoU over the classes present in it, 0 to 1.</param>
public sealed record ImageScore(string Key, double MeanIoU);

/// <summary>The counts of every image of an evaluation: <c>images.json</c>.</summary>
/// <param name="Images">In the split's order.</param>
public sealed record EvaluatedImages(IReadOnlyList<ImageCounts> Images)
{
    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = 1;
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

    /// <summary>The counts of every image of an evaluation.</summary>
    /// <param name="evaluationId">The evaluation.</param>
    public static string Images(string evaluationId) => $"evaluations/{evaluationId}/images.json";

    /// <summary>The report as a page.</summary>
    /// <param name="evaluationId">The evaluation.</param>
    public static string Html(string evaluationId) => $"evaluations/{evaluationId}/report.html";

    /// <summary>The table by class.</summary>
    /// <param name="evaluationId">The evaluation.</param>
    public static string Csv(string evaluationId) => $"evaluations/{evaluationId}/classes.csv";
}
