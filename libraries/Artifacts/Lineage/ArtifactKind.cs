namespace Maskwright.Artifacts;

/// <summary>A kind of artifact and where it lives in the bucket: <c>{prefix}/{id}/</c>, with one manifest as its commit point.</summary>
/// <param name="Collection">Collection of its resource names, such as <c>trainingRuns</c>.</param>
/// <param name="Prefix">First segment of its keys.</param>
/// <param name="Manifest">File name of its manifest.</param>
/// <param name="IsResumable">Whether work of it that failed or was cancelled may go on later from what it has stored.</param>
public sealed record ArtifactKind(string Collection, string Prefix, string Manifest, bool IsResumable)
{
    /// <summary>File name of the record that a service keeps of its work.</summary>
    public const string State = "state.json";

    /// <summary>Every kind there is.</summary>
    public static IReadOnlyList<ArtifactKind> All { get; } =
    [
        new("datasets", "datasets", "manifest.json", IsResumable: false),
        new("trainingRuns", "runs", "manifest.json", IsResumable: true),
        new("evaluations", "evaluations", "report.json", IsResumable: false),
        new("onnx", "onnx", "manifest.json", IsResumable: false),
    ];

    /// <summary>Prefixes of what is only passing through: exports of runs, and zips that are to be imported.</summary>
    public static IReadOnlyList<string> Passing { get; } = ["exports", "imports"];

    /// <summary>The key of the manifest of an artifact of this kind.</summary>
    /// <param name="id">The artifact's id.</param>
    public string ManifestKey(string id) => $"{Prefix}/{id}/{Manifest}";

    /// <summary>Takes apart what people call an artifact: <c>datasets/x</c>, <c>trainingRuns/x</c> or <c>runs/x</c>, <c>evaluations/x</c>, <c>onnx/x</c>, or the key of its manifest.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The key of its manifest, or null when it names no artifact.</returns>
    public static string? ManifestKeyOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Split('/') is [var collection, { Length: > 0 } id, .. var rest]
            && All.FirstOrDefault(kind => collection == kind.Collection || collection == kind.Prefix) is { } found
            && (rest.Length == 0 || (rest.Length == 1 && (rest[0] == found.Manifest || rest[0].Length == 0)))
                ? found.ManifestKey(id)
                : null;
    }
}
