using Google.Rpc;
using Grpc.Core;
using Maskwright.Metrics.V1;

namespace Maskwright.MetricsCollector.Tests;

public sealed class WatchAndCompareTests(CollectorHost host) : IClassFixture<CollectorHost>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private MetricsService.MetricsServiceClient Client => host.Client;

    [Fact]
    public async Task A_watcher_sees_what_is_there_and_what_comes_until_the_run_has_ended()
    {
        await CreateAsync("watched");
        await LogAsync("watched", 1, ("m", 0, 1), ("other", 0, 2));
        using var watch = Client.WatchMetrics(
            new WatchMetricsRequest { Run = "runs/watched", Metrics = { "m" }, SnapshotPoints = 10 }, cancellationToken: Cancel);
        (await NextAsync(watch)).Run.Name.ShouldBe("runs/watched");
        (await NextAsync(watch)).Points.ShouldHaveSingleItem().Value.ShouldBe(1);

        await LogAsync("watched", 2, ("m", 1, 5), ("other", 1, 6));
        (await NextAsync(watch)).Points.ShouldHaveSingleItem().Value.ShouldBe(5);
        await Client.TagRunAsync(new TagRunRequest { Name = "runs/watched", Set = { ["a"] = "b" } }, cancellationToken: Cancel);
        (await NextAsync(watch)).Run.Tags["a"].ShouldBe("b");
        await Client.FinishRunAsync(new FinishRunRequest { Name = "runs/watched", State = RunState.Succeeded }, cancellationToken: Cancel);
        (await NextAsync(watch)).Run.State.ShouldBe(RunState.Succeeded);
        (await watch.ResponseStream.MoveNext(Cancel)).ShouldBeFalse();
    }

    [Fact]
    public async Task Watching_a_run_that_is_or_gets_deleted_is_not_found()
    {
        using var none = Client.WatchMetrics(new WatchMetricsRequest { Run = "runs/none" }, cancellationToken: Cancel);
        (await Should.ThrowAsync<RpcException>(() => none.ResponseStream.MoveNext(Cancel))).StatusCode.ShouldBe(StatusCode.NotFound);

        await CreateAsync("vanishes");
        using var watch = Client.WatchMetrics(new WatchMetricsRequest { Run = "runs/vanishes" }, cancellationToken: Cancel);
        await NextAsync(watch);
        await Client.DeleteRunAsync(new DeleteRunRequest { Name = "runs/vanishes" }, cancellationToken: Cancel);
        (await Should.ThrowAsync<RpcException>(() => watch.ResponseStream.MoveNext(Cancel))).StatusCode.ShouldBe(StatusCode.NotFound);
    }

    [Fact]
    public async Task A_reader_that_is_far_too_slow_is_told_so()
    {
        var feed = new RunFeed();
        using var subscription = feed.Subscribe("r");
        var points = new StoredPoint[60_000];
        for (var i = 1; i <= 3; i++)
            feed.Publish([new PointBatch("r", "c", i, points)]);
        var (change, lagged) = await subscription.NextAsync(Cancel);
        (change.Points.Count, lagged).ShouldBe((60_000, true));
        feed.Publish([new PointBatch("r", "c", 4, points[..1])]);
        (change, lagged) = await subscription.NextAsync(Cancel);
        (change.Points.Count, lagged).ShouldBe((1, false));
    }

    [Fact]
    public async Task Runs_are_compared_by_options_and_by_best_and_last_values()
    {
        await CreateAsync("compare-a", ("lr", "1e-4"), ("epochs", "3"));
        await CreateAsync("compare-b", ("lr", "1e-3"), ("epochs", "3"), ("flip", "True"));
        await LogAsync("compare-a", 1, ("val/miou", 1, 0.5), ("val/miou", 2, 0.4), ("val/loss", 1, 0.9), ("val/nan", 1, double.NaN));
        await LogAsync("compare-b", 1, ("val/miou", 1, 0.45), ("val/loss", 1, 0.8));
        var answer = await Client.CompareRunsAsync(
            new CompareRunsRequest { Names = { "runs/compare-a", "runs/compare-b" } }, cancellationToken: Cancel);
        answer.Runs.Select(run => run.Name).ShouldBe(["runs/compare-a", "runs/compare-b"]);
        answer.DifferingOptions.ShouldBe(["flip", "lr"]);
        answer.Metrics.Select(metric => (metric.Metric, metric.Goal, metric.BestRun)).ShouldBe(
        [
            ("val/loss", MetricGoal.Minimize, 1),
            ("val/miou", MetricGoal.Maximize, 0),
            ("val/nan", MetricGoal.Maximize, -1),
        ]);
        var miou = answer.Metrics[1].Runs[0];
        (miou.Maximum, miou.MaximumStep, miou.Last, miou.LastStep).ShouldBe((0.5, 1, 0.4, 2));
        answer.Metrics[2].Runs[1].Points.ShouldBe(0);

        var error = await Should.ThrowAsync<RpcException>(async () =>
            await Client.CompareRunsAsync(new CompareRunsRequest { Names = { "runs/compare-a" } }, cancellationToken: Cancel));
        error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations[0].Field.ShouldBe("names");
    }

    [Fact]
    public async Task Images_and_events_are_logged_once_and_listed_by_page()
    {
        await CreateAsync("shown");
        var images = new LogImagesRequest { Run = "runs/shown", ClientId = "c", Sequence = 1 };
        images.Images.AddRange(Enumerable.Range(0, 3).Select(i => new ImageReference { Step = i, SampleKey = $"sample {i}", ImageKey = "i.jpg" }));
        (await Client.LogImagesAsync(images, cancellationToken: Cancel)).Skipped.ShouldBeFalse();
        (await Client.LogImagesAsync(images, cancellationToken: Cancel)).Skipped.ShouldBeTrue();
        var page = await Client.ListImagesAsync(new ListImagesRequest { Run = "runs/shown", PageSize = 2 }, cancellationToken: Cancel);
        page.Images.Count.ShouldBe(2);
        page = await Client.ListImagesAsync(
            new ListImagesRequest { Run = "runs/shown", PageSize = 2, PageToken = page.NextPageToken }, cancellationToken: Cancel);
        page.Images.ShouldHaveSingleItem().SampleKey.ShouldBe("sample 2");
        page.NextPageToken.ShouldBe("");
        (await Client.ListImagesAsync(new ListImagesRequest { Run = "runs/shown", Step = 0 }, cancellationToken: Cancel)).Images.Count.ShouldBe(1);

        var events = new LogEventsRequest { Run = "runs/shown", ClientId = "c", Sequence = 1, Events = { new TextEvent { Text = "<b>" }, new TextEvent { Level = "error", Text = "x" } } };
        (await Client.LogEventsAsync(events, cancellationToken: Cancel)).Skipped.ShouldBeFalse();
        (await Client.LogEventsAsync(events, cancellationToken: Cancel)).Skipped.ShouldBeTrue();
        var lines = await Client.ListEventsAsync(new ListEventsRequest { Run = "runs/shown", PageSize = 1 }, cancellationToken: Cancel);
        (lines.Events[0].Level, lines.Events[0].Text).ShouldBe(("info", "<b>"));
        lines = await Client.ListEventsAsync(new ListEventsRequest { Run = "runs/shown", PageToken = lines.NextPageToken }, cancellationToken: Cancel);
        lines.Events.ShouldHaveSingleItem().Level.ShouldBe("error");
    }

    [Fact]
    public async Task A_zoomed_query_has_its_own_steps_only()
    {
        await CreateAsync("zoomed");
        await LogAsync("zoomed", 1, [.. Enumerable.Range(0, 5_000).Select(i => ("m", (long)i, (double)i))]);
        var answer = await Client.QueryMetricsAsync(
            new QueryMetricsRequest { Run = "runs/zoomed", MinStep = 1_000, MaxStep = 1_999, MaxPoints = 10 }, cancellationToken: Cancel);
        var steps = answer.Series.ShouldHaveSingleItem().Points.Select(point => point.Step).ToList();
        (steps[0], steps[^1]).ShouldBe((1_000, 1_999));
        steps.Count.ShouldBeLessThanOrEqualTo(10);
    }

    [Fact]
    public async Task The_list_is_filtered_and_sorted_and_its_errors_named()
    {
        await CreateAsync("listed-a", ("rate", "2"));
        await CreateAsync("listed-b", ("rate", "10"));
        var request = new ListRunsRequest { Filter = "options.rate >= 2", OrderBy = "options.rate desc", PageSize = 1 };
        var page = await Client.ListRunsAsync(request, cancellationToken: Cancel);
        page.Runs.ShouldHaveSingleItem().Name.ShouldBe("runs/listed-b");
        request.PageToken = page.NextPageToken;
        (await Client.ListRunsAsync(request, cancellationToken: Cancel)).Runs.ShouldHaveSingleItem().Name.ShouldBe("runs/listed-a");

        var error = await Should.ThrowAsync<RpcException>(async () =>
            await Client.ListRunsAsync(new ListRunsRequest { Filter = "rate > 1" }, cancellationToken: Cancel));
        error.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations[0].Field.ShouldBe("filter");
    }

    [Fact]
    public async Task Prometheus_is_told_of_the_points_kept()
    {
        await CreateAsync("counted");
        await LogAsync("counted", 1, ("m", 0, 1));
        var text = await host.Http.GetStringAsync("/metrics", Cancel);
        text.ShouldContain("maskwright_collector_points_total");
        text.ShouldContain("maskwright_collector_commit_duration_seconds_bucket");
    }

    private static async Task<WatchMetricsResponse> NextAsync(AsyncServerStreamingCall<WatchMetricsResponse> watch)
    {
        (await watch.ResponseStream.MoveNext(Cancel)).ShouldBeTrue();
        return watch.ResponseStream.Current;
    }

    private async Task CreateAsync(string id, params (string Name, string Value)[] options)
    {
        var run = new Run();
        run.Options.Add(options.ToDictionary(option => option.Name, option => option.Value));
        await Client.CreateRunAsync(new CreateRunRequest { RunId = id, Run = run }, cancellationToken: Cancel);
    }

    private async Task LogAsync(string run, long sequence, params (string Metric, long Step, double Value)[] points)
    {
        using var call = Client.LogMetrics(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(
            new LogMetricsRequest
            {
                Run = $"runs/{run}",
                ClientId = "test",
                Sequence = sequence,
                Points = { points.Select(point => new Point { Metric = point.Metric, Step = point.Step, Value = point.Value }) },
            },
            Cancel);
        await call.RequestStream.CompleteAsync();
        await call;
    }
}
