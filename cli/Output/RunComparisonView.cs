using Maskwright.Metrics.V1;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>Runs side by side, a column each.</summary>
internal static class RunComparisonView
{
    public static void Show(Terminal terminal, CompareRunsResponse comparison)
    {
        if (comparison.DifferingOptions.Count > 0)
        {
            terminal.Heading("Options that differ");
            var options = new FittingTable<string>(comparison.DifferingOptions).Words("option", Markup.Escape);
            foreach (var run in comparison.Runs)
                options.Words(Id(run), option => Markup.Escape(run.Options.GetValueOrDefault(option) ?? Numbers.None));
            options.Write(terminal);
        }

        terminal.Heading("Metrics: best (last)");
        var metrics = new FittingTable<MetricComparison>(comparison.Metrics).Words("metric", metric => Markup.Escape(metric.Metric));
        for (var i = 0; i < comparison.Runs.Count; i++)
        {
            var column = i;
            metrics.Numbers(Id(comparison.Runs[i]), metric => Cell(metric, column));
        }

        metrics.Write(terminal);
    }

    private static string Id(Run run) => run.Name[(run.Name.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static string Cell(MetricComparison metric, int run)
    {
        var figures = metric.Runs[run];
        if (figures.Points == 0)
            return Numbers.None;
        var best = metric.Goal == MetricGoal.Minimize ? figures.Minimum : figures.Maximum;
        var text = $"{Numbers.Figure(best)} ({Numbers.Figure(figures.Last)})";
        return metric.BestRun == run ? $"[green]{text}[/]" : text;
    }
}
