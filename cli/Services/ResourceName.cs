namespace Maskwright.Cli;

/// <summary>Names as people type them and as services take them.</summary>
internal static class ResourceName
{
    public const string Datasets = "datasets";
    public const string TrainingRuns = "trainingRuns";
    public const string Evaluations = "evaluations";
    public const string Runs = "runs";

    /// <summary><c>x</c> and <c>datasets/x</c> both mean <c>datasets/x</c>; empty stays empty.</summary>
    public static string Full(string collection, string? name) =>
        string.IsNullOrEmpty(name) || name.Contains('/', StringComparison.Ordinal) ? name ?? "" : $"{collection}/{name}";
}
