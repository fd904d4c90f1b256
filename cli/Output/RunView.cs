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
        var table = TableStyle.Create().Words("run").Words("state").Numbers("best val mIoU").Numbers("last").Numbers("epochs")
            .Numbers("points").Words("created (UTC)").Numbers("took");
        foreach (var run in runs)
        {
            var headline = run.Metrics.FirstOrDefault(metric => metric.Metric == Headline);
            table.AddRow(
                Markup.Escape(run.Name),
                StateText.Markup(StateText.Of(run.State)),
                headline is null ? Numbers.None : Numbers.Share(headline.Maximum),
                headline is null ? Numbers.None : Numbers.Share(headline.Last),
                headline is null ? Numbers.None : $"{headline.Points:N0}",
                $"{run.Metrics.Sum(metric => metric.Points):N0}",
                Numbers.Time(run.CreateTime),
                Numbers.Between(run.CreateTime, run.EndTime));
        }

        terminal.Console.Write(table);
    }

    public static void Show(Terminal terminal, Run run, IReadOnlyList<Point> headline)
    {
        terminal.Console.Write(TableStyle.Facts(run.Name,
        [
            ("name", run.DisplayName.Length > 0 ? run.DisplayName : Numbers.None),
            ("state", StateText.Of(run.State) + (run.ErrorMessage.Length > 0 ? $": {run.ErrorMessage}" : "")),
            ("created (UTC)", Numbers.Time(run.CreateTime)),
            ("took", Numbers.Between(run.CreateTime, run.EndTime)),
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
        terminal.Console.WriteLine();
        terminal.Console.Write(TableStyle.Facts(
            title, map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value))));
    }

    private static void Metrics(Terminal terminal, IEnumerable<MetricSummary> metrics)
    {
        var table = TableStyle.Create().Words("metric").Numbers("last").Numbers("min").Numbers("max").Numbers("points").Numbers("last step");
        foreach (var metric in metrics)
        {
            var bytes = metric.Metric.EndsWith("bytes", StringComparison.Ordinal);
            table.AddRow(
                Markup.Escape(metric.Metric),
                Value(metric.Last, bytes),
                Value(metric.Minimum, bytes),
                Value(metric.Maximum, bytes),
                $"{metric.Points:N0}",
                $"{metric.LastStep:N0}");
        }

        if (table.Rows.Count > 0)
            terminal.Console.Write(table);
    }

    private static string Value(double value, bool bytes) =>
        bytes && double.IsFinite(value) ? Numbers.Bytes((long)value) : Numbers.Figure(value);

    private static void Chart(Terminal terminal, IReadOnlyList<Point> points)
    {
        if (points.Count < 2)
            return;
        terminal.Console.WriteLine();
        terminal.Console.MarkupLine($"[bold]{Headline}[/] [grey]by epoch[/]");
        foreach (var line in ColumnChart.Draw([.. points.Select(point => (point.Step, point.Value))]))
            terminal.Console.MarkupLine($"[green]{Markup.Escape(line)}[/]");
    }
}
