using Maskwright.MetricsCollector.Pages.Runs;

namespace Maskwright.MetricsCollector.Pages.Compare;

/// <summary>The runs that a page compares, in the order of its address, which gives each its colour.</summary>
public sealed record ComparedRuns(IReadOnlyList<StoredRun> Runs)
{
    /// <summary>More lines than these nobody tells apart.</summary>
    public const int Max = 50;

    /// <summary>What differs between them.</summary>
    internal RunComparison Comparison { get; } = RunComparison.Of(Runs);

    /// <summary>Names of all metrics, those of confusion matrices left out.</summary>
    public IReadOnlyList<string> Metrics { get; } =
        [.. Runs.SelectMany(run => run.Metrics.Select(metric => metric.Metric)).Where(metric => !metric.StartsWith("confusion/", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>What people call a run.</summary>
    public static string NameOf(StoredRun run) => run.Registration.DisplayName is { Length: > 0 } name ? name : run.Registration.Id;

    /// <summary>The metric by which they are judged unless another is asked for.</summary>
    public string? Headline => Metrics.Contains(RunColumns.Headline, StringComparer.Ordinal) ? RunColumns.Headline : Metrics is [var first, ..] ? first : null;

    /// <summary>The best value of a metric in a run; null where it has none.</summary>
    public double? BestOf(string metric, int run)
    {
        var compared = Comparison.Metrics.FirstOrDefault(one => one.Metric == metric);
        var best = compared?.IsMinimized == true ? compared.Runs[run]?.Minimum : compared?.Runs[run]?.Maximum;
        return best is { } value && double.IsFinite(value) ? value : null;
    }
}
