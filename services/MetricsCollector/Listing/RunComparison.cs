namespace Maskwright.MetricsCollector;

/// <summary>Runs side by side.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="DifferingOptions">Names of the options that are not the same in all of them, in order.</param>
/// <param name="Metrics">Every metric of any of them, by name.</param>
internal sealed record RunComparison(
    IReadOnlyList<StoredRun> Runs, IReadOnlyList<string> DifferingOptions, IReadOnlyList<ComparedMetric> Metrics)
{
    public static RunComparison Of(IReadOnlyList<StoredRun> runs)
    {
        var options = runs.SelectMany(run => run.Registration.Options.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(name => runs.Select(run => run.Registration.Options.GetValueOrDefault(name)).Distinct(StringComparer.Ordinal).Count() > 1);
        var byName = runs.Select(run => run.Metrics.ToDictionary(metric => metric.Metric, StringComparer.Ordinal)).ToList();
        var metrics = byName.SelectMany(metrics => metrics.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(name => ComparedMetric.Of(name, [.. byName.Select(metrics => metrics.GetValueOrDefault(name))]));
        return new RunComparison(runs, [.. options], [.. metrics]);
    }
}

/// <summary>One metric of several runs.</summary>
/// <param name="Metric">Name.</param>
/// <param name="IsMinimized">Whether smaller is better.</param>
/// <param name="Runs">Its figures in each run; null where a run does not have it.</param>
/// <param name="Best">Place of the run with the best value, of equals the first; -1 where all are NaN.</param>
internal sealed record ComparedMetric(string Metric, bool IsMinimized, IReadOnlyList<StoredSummary?> Runs, int Best)
{
    // What is better when there is less of it; all else is a score.
    private static readonly string[] Costs = ["loss", "error", "seconds", "wait", "memory"];

    public static ComparedMetric Of(string metric, IReadOnlyList<StoredSummary?> runs)
    {
        var isMinimized = Costs.Any(cost => metric.Contains(cost, StringComparison.OrdinalIgnoreCase));
        var best = -1;
        for (var i = 0; i < runs.Count; i++)
        {
            if (Value(i) is var value && !double.IsNaN(value) && (best < 0 || (isMinimized ? value < Value(best) : value > Value(best))))
                best = i;
        }

        return new ComparedMetric(metric, isMinimized, runs, best);

        double Value(int run) => (isMinimized ? runs[run]?.Minimum : runs[run]?.Maximum) ?? double.NaN;
    }
}
