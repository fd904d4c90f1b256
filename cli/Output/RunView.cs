using Google.Protobuf.Collections;
using Maskwright.Metrics.V1;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>Tracked runs as tables and charts.</summary>
internal static class RunView
{
    /// <summary>The metric by which runs are judged.</summary>
    public const string Headline = "val/miou";

    /// <summary>Metrics that <see cref="Brief"/> shows.</summary>
    private static readonly string[] BriefMetrics =
        ["train/loss", "val/loss", Headline, "val/dice", "val/pixel_accuracy", "images_per_second"];

    public static void List(Terminal terminal, IReadOnlyCollection<Run> runs)
    {
        static MetricSummary? Judged(Run run) => run.Metrics.FirstOrDefault(metric => metric.Metric == Headline);
        new FittingTable<Run>(runs)
            .Words("run", run => Markup.Escape(run.Name))
            .Words("state", run => StateText.Markup(StateText.Of(run.State)))
            .Numbers("best val mIoU", run => Numbers.Share(Judged(run)?.Maximum))
            .Numbers("last", run => Numbers.Share(Judged(run)?.Last), worth: 4)
            .Numbers("epochs", run => Judged(run) is { } judged ? $"{judged.Points:N0}" : Numbers.None, worth: 5)
            .Numbers("points", run => $"{run.Metrics.Sum(metric => metric.Points):N0}", worth: 1)
            .Words("created (UTC)", run => Numbers.Time(run.CreateTime), worth: 3)
            .Numbers("took", run => Numbers.Duration(run.Took), worth: 2)
            .Write(terminal);
    }

    public static void Show(Terminal terminal, Run run, IReadOnlyList<Point> headline)
    {
        terminal.Heading(run.Name);
        terminal.Console.Write(TableStyle.Facts(
        [
            ("name", run.DisplayName.Length > 0 ? run.DisplayName : Numbers.None),
            ("state", StateText.Of(run.State) + (run.ErrorMessage.Length > 0 ? $": {run.ErrorMessage}" : "")),
            ("created (UTC)", Numbers.Time(run.CreateTime)),
            ("took", Numbers.Duration(run.Took)),
            .. run.Note.Length > 0 ? [("note", run.Note)] : Array.Empty<(string, string)>(),
        ]));
        Map(terminal, "Options", run.Options);
        Map(terminal, "Lineage", run.Lineage);
        Map(terminal, "Tags", run.Tags);
        Metrics(terminal, run.Metrics);
        Chart(terminal, headline);
    }

    /// <summary>The few figures that say how a run went, with its curve.</summary>
    public static void Brief(Terminal terminal, Run run, IReadOnlyList<Point> headline)
    {
        terminal.Console.WriteLine();
        terminal.Console.MarkupLine(
            $"[bold]Tracked as {Markup.Escape(run.Name)}[/]: {StateText.Markup(StateText.Of(run.State))}, "
            + $"{run.Metrics.Count} metrics, {run.Metrics.Sum(metric => metric.Points):N0} points");
        Metrics(terminal, run.Metrics.Where(metric => BriefMetrics.Contains(metric.Metric)));
        Chart(terminal, headline);
    }

    private static void Map(Terminal terminal, string title, MapField<string, string> map)
    {
        if (map.Count == 0)
            return;
        terminal.Heading(title);
        terminal.Console.Write(TableStyle.Facts(
            map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value))));
    }

    private static void Metrics(Terminal terminal, IEnumerable<MetricSummary> metrics)
    {
        var rows = metrics.ToList();
        if (rows.Count == 0)
            return;
        new FittingTable<MetricSummary>(rows)
            .Words("metric", metric => Markup.Escape(metric.Metric))
            .Numbers("last", metric => Value(metric, metric.Last))
            .Numbers("min", metric => Value(metric, metric.Minimum), worth: 3)
            .Numbers("max", metric => Value(metric, metric.Maximum), worth: 4)
            .Numbers("points", metric => $"{metric.Points:N0}", worth: 1)
            .Numbers("last step", metric => $"{metric.LastStep:N0}", worth: 2)
            .Write(terminal);
    }

    private static string Value(MetricSummary metric, double value) =>
        metric.Metric.EndsWith("bytes", StringComparison.Ordinal) && double.IsFinite(value)
            ? Numbers.Bytes((long)value)
            : Numbers.Figure(value);

    private static void Chart(Terminal terminal, IReadOnlyList<Point> points)
    {
        if (points.Count < 2)
            return;
        terminal.Heading($"{Headline} by epoch");
        foreach (var line in ColumnChart.Draw([.. points.Select(point => (point.Step, point.Value))]))
            terminal.Console.MarkupLine($"[green]{Markup.Escape(line)}[/]");
    }
}
