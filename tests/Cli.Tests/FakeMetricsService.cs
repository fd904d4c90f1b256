using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Maskwright.Metrics.V1;

namespace Maskwright.Cli.Tests;

internal sealed class FakeMetricsService : MetricsService.MetricsServiceBase
{
    public override Task<Run> GetRun(GetRunRequest request, ServerCallContext context) => Task.FromResult(Run());

    public override Task<ListRunsResponse> ListRuns(ListRunsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListRunsResponse { Runs = { Run() } });

    public override Task<QueryMetricsResponse> QueryMetrics(QueryMetricsRequest request, ServerCallContext context)
    {
        var series = new Series { Metric = "val/miou" };
        series.Points.AddRange(Enumerable.Range(1, 15).Select(epoch => new Point { Step = epoch, Value = 0.65 * (1 - Math.Exp(-epoch / 4.0)) }));
        return Task.FromResult(new QueryMetricsResponse { Series = { series } });
    }

    private static Run Run() => new()
    {
        Name = "runs/fake",
        DisplayName = "quickstart",
        State = RunState.Succeeded,
        CreateTime = new Timestamp { Seconds = 1_780_000_051 },
        EndTime = new Timestamp { Seconds = 1_780_000_171 },
        Options = { ["epochs"] = "15", ["batch_size"] = "8" },
        Lineage = { ["dataset"] = "datasets/fake" },
        Metrics =
        {
            new MetricSummary { Metric = "memory/peak_bytes", Points = 15, Last = 1_782_579_200, Minimum = 1.5e9, Maximum = 1_782_579_200, LastStep = 15 },
            new MetricSummary { Metric = "train/loss", Points = 15, Last = 0.31, Minimum = 0.31, Maximum = 1.4, LastStep = 15 },
            new MetricSummary { Metric = "val/iou/airplane", Points = 15, Last = double.NaN, Minimum = double.NaN, Maximum = double.NaN, LastStep = 15 },
            new MetricSummary { Metric = "val/miou", Points = 15, Last = 0.634, Minimum = 0.14, Maximum = 0.64, LastStep = 15 },
        },
    };
}
