using System.Net;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Maskwright.Metrics.V1;

namespace Maskwright.MetricsCollector.Tests;

public sealed class MetricsServiceTests(CollectorHost host) : IClassFixture<CollectorHost>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private MetricsService.MetricsServiceClient Client => host.Client;

    [Fact]
    public async Task A_run_is_registered_logged_finished_read_listed_and_deleted()
    {
        var run = await CreateAsync("whole-life");
        run.Name.ShouldBe("runs/whole-life");
        run.State.ShouldBe(RunState.Running);

        var logged = await LogAsync(Batch("whole-life", 1, ("val/miou", 1, 0.25), ("val/miou", 2, 0.5), ("val/loss", 1, double.NaN)));
        logged.PointsAccepted.ShouldBe(3);

        run = await Client.FinishRunAsync(
            new FinishRunRequest { Name = "runs/whole-life", State = RunState.Succeeded }, cancellationToken: Cancel);
        run.State.ShouldBe(RunState.Succeeded);
        run.EndTime.ShouldNotBeNull();
        run = await Client.GetRunAsync(new GetRunRequest { Name = "runs/whole-life" }, cancellationToken: Cancel);
        run.Options["epochs"].ShouldBe("15");
        run.Metrics.Select(metric => (metric.Metric, metric.Points, metric.LastStep, metric.Last))
            .ShouldBe([("val/loss", 1, 1, double.NaN), ("val/miou", 2, 2, 0.5)]);
        (await Client.ListRunsAsync(new ListRunsRequest(), cancellationToken: Cancel)).Runs.ShouldContain(run);

        await Client.DeleteRunAsync(new DeleteRunRequest { Name = "runs/whole-life" }, cancellationToken: Cancel);
        var error = await FailsAsync(() => Client.GetRunAsync(new GetRunRequest { Name = "runs/whole-life" }, cancellationToken: Cancel));
        error.StatusCode.ShouldBe(StatusCode.NotFound);
        error.Status.Detail.ShouldContain("runs/whole-life");
    }

    [Fact]
    public async Task A_repeated_stream_of_batches_changes_nothing()
    {
        await CreateAsync("replay");
        var batches = new[] { Batch("replay", 1, ("m", 0, 1)), Batch("replay", 2, ("m", 1, 2)) };
        (await LogAsync(batches)).ShouldBe(new LogMetricsResponse { PointsAccepted = 2 });
        (await LogAsync([.. batches, Batch("replay", 3, ("m", 2, 3))]))
            .ShouldBe(new LogMetricsResponse { PointsAccepted = 1, BatchesSkipped = 2 });

        var answer = await Client.QueryMetricsAsync(new QueryMetricsRequest { Run = "runs/replay" }, cancellationToken: Cancel);
        answer.Series.ShouldHaveSingleItem().Points.Select(point => point.Value).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_bad_point_is_named_by_its_place_and_batches_before_it_are_kept()
    {
        await CreateAsync("bad-point");
        var error = await FailsAsync(() => LogAsync(
            Batch("bad-point", 1, ("good", 0, 1)), Batch("bad-point", 2, ("good", 1, 2), ("not good", 0, 1))));
        error.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations[0].Field.ShouldBe("points[1].metric");
        var run = await Client.GetRunAsync(new GetRunRequest { Name = "runs/bad-point" }, cancellationToken: Cancel);
        run.Metrics.ShouldHaveSingleItem().Points.ShouldBe(1);
    }

    [Fact]
    public async Task Fields_out_of_bounds_are_named()
    {
        await CreateAsync("bounds");
        (await FieldAsync(() => CreateAsync("Not-an-id"))).ShouldBe("run_id");
        (await FieldAsync(() => Client.CreateRunAsync(new CreateRunRequest { RunId = "x" }, cancellationToken: Cancel))).ShouldBe("run");
        (await FieldAsync(() => Client.GetRunAsync(new GetRunRequest { Name = "bounds" }, cancellationToken: Cancel))).ShouldBe("name");
        (await FieldAsync(() => Client.ListRunsAsync(new ListRunsRequest { PageSize = 1_001 }, cancellationToken: Cancel))).ShouldBe("page_size");
        (await FieldAsync(() => Client.ListRunsAsync(new ListRunsRequest { PageToken = "x" }, cancellationToken: Cancel))).ShouldBe("page_token");
        (await FieldAsync(() => Client.FinishRunAsync(
            new FinishRunRequest { Name = "runs/bounds", State = RunState.Running }, cancellationToken: Cancel))).ShouldBe("state");
        (await FieldAsync(() => Client.QueryMetricsAsync(
            new QueryMetricsRequest { Run = "runs/bounds", MaxPoints = 100_001 }, cancellationToken: Cancel))).ShouldBe("max_points");
        (await FieldAsync(() => LogAsync(Batch("bounds", 0, ("m", 0, 1))))).ShouldBe("sequence");
        (await FieldAsync(() => LogAsync(Batch("bounds", 1, ("m", -1, 1))))).ShouldBe("points[0].step");
        var many = Batch("bounds", 1, [.. Enumerable.Range(0, 10_001).Select(i => ("m", (long)i, 1.0))]);
        (await FieldAsync(() => LogAsync(many))).ShouldBe("points");
        var crowded = new Run();
        for (var i = 0; i <= 200; i++)
            crowded.Options.Add($"o{i}", "");
        (await FieldAsync(() => Client.CreateRunAsync(
            new CreateRunRequest { RunId = "crowded", Run = crowded }, cancellationToken: Cancel))).ShouldBe("run.options");
    }

    [Fact]
    public async Task Other_options_under_a_taken_id_are_refused_with_a_reason()
    {
        await CreateAsync("taken");
        var error = await FailsAsync(() => Client.CreateRunAsync(
            new CreateRunRequest { RunId = "taken", Run = new Run() }, cancellationToken: Cancel));
        error.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        var info = error.GetRpcStatus()!.GetDetail<ErrorInfo>()!;
        info.Reason.ShouldBe("RUN_HAS_OTHER_OPTIONS");
        info.Domain.ShouldBe("maskwright");
    }

    [Fact]
    public async Task Pages_follow_each_other()
    {
        for (var i = 1; i <= 3; i++)
            await CreateAsync($"page-{i}");
        var names = new List<string>();
        var token = "";
        do
        {
            var page = await Client.ListRunsAsync(new ListRunsRequest { PageSize = 1, PageToken = token }, cancellationToken: Cancel);
            names.AddRange(page.Runs.Select(run => run.Name));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        names.ShouldBeUnique();
        names.Where(name => name.StartsWith("runs/page-", StringComparison.Ordinal))
            .ShouldBe(["runs/page-3", "runs/page-2", "runs/page-1"]);
    }

    [Fact]
    public async Task A_query_is_thinned_and_keeps_the_peak()
    {
        await CreateAsync("thin");
        await LogAsync(Batch("thin", 1, [.. Enumerable.Range(0, 5_000).Select(i => ("m", (long)i, i == 1_234 ? 99.0 : i % 7))]));
        var answer = await Client.QueryMetricsAsync(
            new QueryMetricsRequest { Run = "runs/thin", Metrics = { "m" }, MaxPoints = 100 }, cancellationToken: Cancel);
        var points = answer.Series.ShouldHaveSingleItem().Points;
        points.Count.ShouldBeLessThanOrEqualTo(100);
        points.ShouldContain(point => point.Step == 1_234 && point.Value == 99);
    }

    [Fact]
    public async Task The_same_runs_are_read_as_JSON_over_HTTP()
    {
        await CreateAsync("over-http");
        await LogAsync(Batch("over-http", 1, ("m", 0, double.NaN)));
        using var run = JsonDocument.Parse(await host.Http.GetStringAsync("/v1/runs/over-http", Cancel));
        run.RootElement.GetProperty("name").GetString().ShouldBe("runs/over-http");
        run.RootElement.GetProperty("metrics")[0].GetProperty("last").GetString().ShouldBe("NaN");

        var missing = await host.Http.GetAsync("/v1/runs/none", Cancel);
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await missing.Content.ReadAsStringAsync(Cancel)).ShouldContain("RESOURCE_NOT_FOUND");
        (await host.Http.GetAsync("/health", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static LogMetricsRequest Batch(string run, long sequence, params (string Metric, long Step, double Value)[] points)
    {
        var request = new LogMetricsRequest { Run = $"runs/{run}", ClientId = "test", Sequence = sequence };
        request.Points.AddRange(points.Select(point => new Point { Metric = point.Metric, Step = point.Step, Value = point.Value }));
        return request;
    }

    private static async Task<RpcException> FailsAsync<T>(Func<AsyncUnaryCall<T>> call) =>
        await Should.ThrowAsync<RpcException>(async () => await call());

    private static Task<RpcException> FailsAsync(Func<Task> call) => Should.ThrowAsync<RpcException>(call);

    private static async Task<string> FieldAsync<T>(Func<AsyncUnaryCall<T>> call) => Field(await FailsAsync(call));

    private static async Task<string> FieldAsync(Func<Task> call) => Field(await FailsAsync(call));

    private static string Field(RpcException error) =>
        error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.ShouldHaveSingleItem().Field;

    private async Task<Run> CreateAsync(string id) => await Client.CreateRunAsync(
        new CreateRunRequest { RunId = id, Run = new Run { Options = { ["epochs"] = "15" } } }, cancellationToken: Cancel);

    private async Task<LogMetricsResponse> LogAsync(params LogMetricsRequest[] batches)
    {
        using var call = Client.LogMetrics(cancellationToken: Cancel);
        try
        {
            foreach (var batch in batches)
                await call.RequestStream.WriteAsync(batch, Cancel);
            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // The service has ended the call; its answer says why.
        }

        return await call;
    }
}
