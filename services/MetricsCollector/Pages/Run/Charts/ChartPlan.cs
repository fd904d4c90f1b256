using Maskwright.MetricsCollector.Pages.Run.Confusion;

namespace Maskwright.MetricsCollector.Pages.Run.Charts;

/// <summary>
/// Which charts a run has, by the names of its metrics: what training and validation share stands in one chart, so do the classes
/// of one score and the terms of a loss; every other metric has a chart of its own.
/// </summary>
internal static class ChartPlan
{
    private const string Loss = "Loss";
    private const string Scores = "Scores";
    private const string Classes = "By class";
    private const string Optimisation = "Optimisation";
    private const string Throughput = "Throughput";
    private const string System = "System";
    private const string Step = "step";

    private static readonly string[] Splits = ["train", "val", "test"];
    private static readonly string[] Order = [Loss, Scores, Classes, Optimisation, Throughput, System];

    private static readonly (string Subject, string[] Words)[] Subjects =
    [
        (System, ["process/", "system/", "memory", "cpu", "gpu"]),
        (Loss, ["loss"]),
        (Optimisation, ["learning_rate", "gradient", "momentum", "weight_decay"]),
        (Throughput, ["per_second", "seconds", "wait"]),
        (Scores, ["iou", "dice", "accuracy", "precision", "recall"]),
    ];

    private static readonly Dictionary<string, string> Terms = new(StringComparer.Ordinal)
    {
        ["iou"] = "IoU", ["miou"] = "Mean IoU", ["fwiou"] = "Frequency-weighted IoU", ["dice"] = "Dice", ["cpu_cores"] = "CPU cores",
    };

    /// <summary>The charts of metrics, by subject.</summary>
    public static IReadOnlyList<ChartGroup> Of(IEnumerable<string> metrics) =>
    [
        .. metrics.Where(metric => !ConfusionNames.IsCell(metric))
            .Select(Place)
            .GroupBy(place => place.Subject, StringComparer.Ordinal)
            .OrderBy(group => Array.IndexOf(Order, group.Key) is var known && known < 0 ? Order.Length : known)
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new ChartGroup(group.Key, [.. group.GroupBy(place => place.Chart, StringComparer.Ordinal).OrderBy(chart => chart.Key, StringComparer.Ordinal).Select(Chart)])),
    ];

    private static RunChart Chart(IGrouping<string, Placed> chart)
    {
        var first = chart.First();
        var lines = chart.OrderBy(place => place.Rank).ThenBy(place => place.Metric, StringComparer.Ordinal);
        return new RunChart(chart.Key, first.Title, UnitOf(first.Metric), [.. lines.Select(place => new ChartLine(place.Metric, place.Label))]);
    }

    private static Placed Place(string metric)
    {
        var parts = metric.Split('/', 3);
        var subject = SubjectOf(metric);
        if (parts is [var split, var score, ..] && Array.IndexOf(Splits, split) is var rank and >= 0)
        {
            return parts is [_, _, var ofClass]
                ? new Placed(metric, subject == Scores ? Classes : subject ?? score, $"{score}/{rank}", $"{Named(score)} {(subject == Loss ? "terms" : "by class")}, {split}", ofClass, 0)
                : new Placed(metric, subject ?? Scores, score, Named(score), split, rank);
        }

        if (parts is [Step, var measured, .. var terms])
            return new Placed(metric, subject ?? Step, $"{measured}, {Step}", $"{Named(measured)}, each step", terms is [var term] ? term : Named(measured), terms.Length);
        return subject is not null
            ? new Placed(metric, subject, metric, Named(parts[0] == "process" ? metric[(parts[0].Length + 1)..] : metric), Named(metric), 0)
            : new Placed(metric, parts.Length > 1 ? parts[0] : "Other", metric, metric, metric, 0);
    }

    private static string? SubjectOf(string metric) =>
        Array.Find(Subjects, subject => subject.Words.Any(word => metric.Contains(word, StringComparison.OrdinalIgnoreCase))).Subject;

    private static string UnitOf(string metric) =>
        metric.EndsWith("bytes", StringComparison.Ordinal) ? "bytes"
        : metric.Contains("per_second", StringComparison.Ordinal) ? "/s"
        : metric.Contains("seconds", StringComparison.Ordinal) ? "s"
        : "";

    /// <summary>A name in words: <c>memory_peak_bytes</c> is "Memory peak".</summary>
    private static string Named(string name)
    {
        if (Terms.TryGetValue(name, out var term))
            return term;
        var words = name.Replace("_bytes", "", StringComparison.Ordinal).Replace('_', ' ').Replace('/', ' ');
        return words.Length == 0 ? name : char.ToUpperInvariant(words[0]) + words[1..];
    }

    private readonly record struct Placed(string Metric, string Subject, string Chart, string Title, string Label, int Rank);
}
