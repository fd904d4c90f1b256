using System.CommandLine;
using Maskwright.Metrics.V1;

namespace Maskwright.Cli;

/// <summary><c>maskwright runs …</c></summary>
internal static class RunsCommands
{
    public static Command Create(Terminal terminal) => new("runs", "Look at tracked runs and their metrics.")
    {
        List(terminal),
        Show(terminal),
    };

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
        return new Command("list", "List tracked runs, newest first.") { limit }.Does(terminal, async (call, cancellationToken) =>
        {
            var page = await call.Services.Metrics.ListRunsAsync(
                new ListRunsRequest { PageSize = call.Options.GetValue(limit) ?? 0 }, call.Services.Once(cancellationToken));
            call.Write(page, () => RunView.List(call.Terminal, page.Runs));
            return ExitCode.Ok;
        });
    }

    private static Command Show(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "runs/ID, or only the ID." };
        return new Command("show", "Show a tracked run: options, lineage, metrics and the curve of its validation mIoU.") { name }.Does(terminal, async (call, cancellationToken) =>
        {
            var full = ResourceName.Full(ResourceName.Runs, call.Options.GetValue(name));
            var run = await call.Services.Metrics.GetRunAsync(new GetRunRequest { Name = full }, call.Services.Once(cancellationToken));
            var headline = call.IsJson ? [] : await HeadlineAsync(call, full, cancellationToken);
            call.Write(run, () => RunView.Show(call.Terminal, run, headline));
            return ExitCode.Ok;
        });
    }
}
