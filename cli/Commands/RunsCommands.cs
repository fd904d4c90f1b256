using System.CommandLine;
using Maskwright.Metrics.V1;

namespace Maskwright.Cli;

/// <summary><c>maskwright runs …</c></summary>
internal static class RunsCommands
{
    public static Command Create(Terminal terminal) => new("runs", "Look at tracked runs, compare, label, export and import them.")
    {
        List(terminal),
        Show(terminal),
        RunsReading.Watch(terminal),
        RunsReading.Compare(terminal),
        RunsEditing.Tag(terminal),
        RunsEditing.Note(terminal),
        RunsEditing.Delete(terminal),
        RunsArchive.Export(terminal),
        RunsArchive.Import(terminal),
    };

    /// <summary>The run that a command is about.</summary>
    public static Argument<string> Name() => new("NAME") { Description = "runs/ID, or only the ID." };

    /// <summary>The full name of the run that was typed.</summary>
    public static string Full(CommandCall call, Argument<string> name) => ResourceName.Full(ResourceName.Runs, call.Options.GetValue(name));

    /// <summary>The curve by which a run is judged, short enough to draw.</summary>
    public static async Task<IReadOnlyList<Point>> HeadlineAsync(CommandCall call, string run, CancellationToken cancellationToken)
    {
        var answer = await call.Services.Metrics.QueryMetricsAsync(
            new QueryMetricsRequest { Run = run, Metrics = { RunView.Headline }, MaxPoints = ColumnChart.MaxPoints },
            call.Services.Once(cancellationToken));
        return answer.Series.Count > 0 ? answer.Series[0].Points : [];
    }

    private static Command List(Terminal terminal)
    {
        var limit = CommonOptions.Limit();
        var filter = CommonOptions.Of<string?>("--filter", "FILTER", "Only these runs, for instance 'state = succeeded AND max(val/miou) > 0.6'.");
        var sort = CommonOptions.Of<string?>("--sort", "FIELD", "In this order, for instance 'max(val/miou) desc'; newest first when left out.");
        var command = new DocumentedCommand("list", "List tracked runs, newest first.", """
            Fields: id, display_name, state, create_time, end_time, duration, note, options.NAME, tags.NAME, lineage.NAME,
            last(METRIC), min(METRIC), max(METRIC). Operators: = != < <= > >= and : (contains), AND, OR, NOT, ( ).

            Examples:
              maskwright runs list --filter 'options.epochs >= 15 AND tags.team:*'
              maskwright runs list --sort 'max(val/miou) desc' --limit 5
            """) { limit, filter, sort };
        return command.Does(terminal, async (call, cancellationToken) =>
        {
            var page = await call.Services.Metrics.ListRunsAsync(
                new ListRunsRequest
                {
                    PageSize = call.Options.GetValue(limit) ?? 0,
                    Filter = call.Options.GetValue(filter) ?? "",
                    OrderBy = call.Options.GetValue(sort) ?? "",
                },
                call.Services.Once(cancellationToken));
            call.Write(page, () => RunView.List(call.Terminal, page.Runs));
            return ExitCode.Ok;
        });
    }

    private static Command Show(Terminal terminal)
    {
        var name = Name();
        return new Command("show", "Show a tracked run: options, lineage, metrics and the curve of its validation mIoU.") { name }.Does(terminal, async (call, cancellationToken) =>
        {
            var full = Full(call, name);
            var run = await call.Services.Metrics.GetRunAsync(new GetRunRequest { Name = full }, call.Services.Once(cancellationToken));
            var headline = call.IsJson ? [] : await HeadlineAsync(call, full, cancellationToken);
            call.Write(run, () => RunView.Show(call.Terminal, run, headline));
            return ExitCode.Ok;
        });
    }
}
