namespace Maskwright.Cli;

/// <summary>The services, by the names under which the environment and <c>endpoints.json</c> know them.</summary>
internal static class ServiceName
{
    public const string Datasets = "datasets";
    public const string Trainer = "trainer";
    public const string Evaluator = "evaluator";
    public const string Metrics = "metrics";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Datasets, Trainer, Evaluator, Metrics];
}
