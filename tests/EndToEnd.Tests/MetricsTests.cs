using Maskwright.Metrics.V1;

namespace Maskwright.EndToEnd.Tests;

[Collection(PipelineTests.Name)]
public sealed class MetricsTests(FinishedPipeline pipeline)
{
    private const int Patience = 120_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly MetricsService.MetricsServiceClient _metrics = pipeline.Application.Clients.Metrics;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task The_collector_has_every_epoch_of_the_run()
    {
        var run = await FinishedRunAsync();
        run.State.ShouldBe(RunState.Succeeded);
        run.Lineage["dataset"].ShouldBe(pipeline.Dataset.Name);
        run.Lineage["training_run"].ShouldBe(pipeline.Run.Name);
        run.Options["image_size"].ShouldBe("64");

        var epochs = pipeline.Run.Epochs;
        await SeriesShouldBeAsync("val/miou", epochs.Select(epoch => epoch.Val.MeanIou));
        await SeriesShouldBeAsync("train/loss", epochs.Select(epoch => epoch.TrainLoss));
        await SeriesShouldBeAsync("val/iou/background", epochs.Select(epoch => epoch.Val.Classes[0].Iou));
        var summary = run.Metrics.Single(metric => metric.Metric == "val/miou");
        summary.Points.ShouldBe(FinishedPipeline.Epochs);
        summary.Last.ShouldBe(epochs[^1].Val.MeanIou);
    }

    /// <summary>The trainer tells the collector on the side of its work, so that the last word may come after the run's end.</summary>
    private async Task<Run> FinishedRunAsync()
    {
        while (true)
        {
            var run = await _metrics.GetRunAsync(new GetRunRequest { Name = pipeline.Run.MetricsRun }, cancellationToken: Cancellation);
            if (run.State != RunState.Running)
                return run;
            await Task.Delay(Look, Cancellation);
        }
    }

    private async Task SeriesShouldBeAsync(string metric, IEnumerable<double> values)
    {
        var answer = await _metrics.QueryMetricsAsync(new QueryMetricsRequest { Run = pipeline.Run.MetricsRun, Metrics = { metric } }, cancellationToken: Cancellation);
        var series = answer.Series.ShouldHaveSingleItem();
        series.Points.Select(point => point.Step).ShouldBe(Enumerable.Range(1, FinishedPipeline.Epochs).Select(epoch => (long)epoch));
        series.Points.Select(point => point.Value).ShouldBe(values);
    }
}
