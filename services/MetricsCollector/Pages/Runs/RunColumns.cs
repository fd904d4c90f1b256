using System.Globalization;
using Maskwright.MetricsCollector.Pages.Text;

namespace Maskwright.MetricsCollector.Pages.Runs;

/// <summary>What a list of runs can show: the fields that runs are filtered and sorted by, and all tags together.</summary>
internal static class RunColumns
{
    /// <summary>The metric by which runs are judged.</summary>
    public const string Headline = "val/miou";

    /// <summary>All tags in one column.</summary>
    public const string Tags = "tags";

    /// <summary>Shown unless the address says otherwise.</summary>
    public static IReadOnlyList<string> Usual { get; } =
        ["state", $"max({Headline})", "options.network", "lineage.dataset", "duration", "create_time", Tags];

    /// <summary>What every run has.</summary>
    public static IReadOnlyList<string> Plain { get; } = ["state", "create_time", "end_time", "duration", "note", Tags];

    /// <summary>Whether the list can be sorted by a column.</summary>
    public static bool IsSortable(string column) => column != Tags;

    /// <summary>Whether its values are numbers that stand under each other.</summary>
    public static bool IsNumeric(string column) => column == "duration" || column.EndsWith(')');

    /// <summary>Name of a column for people.</summary>
    public static string Title(string column)
    {
        if (column.EndsWith(')') && column.IndexOf('(', StringComparison.Ordinal) is var open and > 0)
        {
            var metric = column[(open + 1)..^1];
            return column[..open] switch
            {
                "max" => $"best {metric}",
                "min" => $"least {metric}",
                _ => $"last {metric}",
            };
        }

        return column switch
        {
            "create_time" => "created (UTC)",
            "end_time" => "ended (UTC)",
            _ => column.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 && column[..dot] is "options" or "lineage" ? column[(dot + 1)..] : column,
        };
    }

    /// <summary>What a run says in a column, for people.</summary>
    public static string Text(StoredRun run, string column, DateTimeOffset now)
    {
        if (Number(run, column, now) is { } number && column.EndsWith(')'))
            return Figures.Of(number, column[..^1]);
        var registration = run.Registration;
        return column switch
        {
            "id" => registration.Id,
            "display_name" => registration.DisplayName,
            "note" => registration.Note,
            "state" => Word(run.Status),
            "create_time" => Figures.Moment(run.CreateTime),
            "end_time" => run.EndTime is { } end ? Figures.Moment(end) : Figures.None,
            "duration" => Figures.Duration(run.Ran(now)),
            _ => Entry(registration, column) ?? Figures.None,
        };
    }

    /// <summary>What a run says in a column as a number; null where it says none.</summary>
    public static double? Number(StoredRun run, string column, DateTimeOffset now)
    {
        if (column == "duration")
            return run.Ran(now).TotalSeconds;
        if (column.EndsWith(')') && column.IndexOf('(', StringComparison.Ordinal) is var open and > 0)
        {
            var metric = column[(open + 1)..^1];
            return run.Metrics.FirstOrDefault(summary => summary.Metric == metric) is not { } found ? null
                : column[..open] switch
                {
                    "max" => found.Maximum,
                    "min" => found.Minimum,
                    _ => found.Last,
                };
        }

        return double.TryParse(Entry(run.Registration, column), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>A state in lower case.</summary>
    public static string Word(RunStatus status) => status.ToString().ToLowerInvariant();

    private static string? Entry(NewRun registration, string column)
    {
        var dot = column.IndexOf('.', StringComparison.Ordinal);
        if (dot < 1)
            return null;
        var name = column[(dot + 1)..].Trim('"');
        return column[..dot] switch
        {
            "options" => registration.Options.GetValueOrDefault(name),
            "tags" => registration.Tags.GetValueOrDefault(name),
            "lineage" => registration.Lineage.GetValueOrDefault(name),
            _ => null,
        };
    }
}
