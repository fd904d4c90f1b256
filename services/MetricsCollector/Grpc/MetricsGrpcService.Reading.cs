using Grpc.Core;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;

namespace Maskwright.MetricsCollector;

/// <content>What is asked for.</content>
public sealed partial class MetricsGrpcService
{
    private const int DefaultRunsPage = 50;
    private const int DefaultPage = 100;
    private const int MaxPage = 1_000;
    private const int MaxSeriesPoints = 100_000;
    private const int MaxCompared = 50;

    // Points in one message of a stream: well below what a message may hold.
    private const int MaxMessagePoints = 10_000;

    /// <inheritdoc/>
    public override Task<ListRunsResponse> ListRuns(ListRunsRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var size = RequestCheck.PageSize(request.PageSize, DefaultRunsPage, MaxPage);
            var page = await store.ListRunsAsync(
                RequestCheck.Filter(request.Filter), RequestCheck.Order(request.OrderBy), size, RequestCheck.Place(request), context.CancellationToken);
            var response = new ListRunsResponse { Runs = { page.Runs.Select(RunMapping.ToMessage) } };
            if (page.Last is { } last)
                response.NextPageToken = PageToken.Write(last, request.Filter, request.OrderBy);
            return response;
        });

    /// <inheritdoc/>
    public override Task<QueryMetricsResponse> QueryMetrics(QueryMetricsRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var id = RequestCheck.RunId(request.Run, "run");
            RequestCheck.Range(request.MaxPoints, 0, MaxSeriesPoints, "max_points");
            RequestCheck.Metrics(request.Metrics);
            var series = await store.QueryAsync(id, request.Metrics, request.MaxPoints, RequestCheck.Steps(request), context.CancellationToken);
            return new QueryMetricsResponse { Series = { series.Select(RunMapping.ToMessage) } };
        });

    /// <inheritdoc/>
    public override Task WatchMetrics(
        WatchMetricsRequest request, IServerStreamWriter<WatchMetricsResponse> responseStream, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var id = RequestCheck.RunId(request.Run, "run");
            RequestCheck.Range(request.SnapshotPoints, 0, MaxSeriesPoints, "snapshot_points");
            RequestCheck.Metrics(request.Metrics);
            CollectorMeter.Watching(1);
            try
            {
                using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
                await WatchAsync(id, request, responseStream, stopping.Token);
                return true;
            }
            catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
            {
                throw RpcErrors.Unavailable("COLLECTOR_STOPS", "The collector is being stopped. Watch again once it is back.");
            }
            finally
            {
                CollectorMeter.Watching(-1);
            }
        });

    /// <inheritdoc/>
    public override Task<CompareRunsResponse> CompareRuns(CompareRunsRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            RequestCheck.Range(request.Names.Count, 2, MaxCompared, "names");
            var ids = request.Names.Select((name, i) => RequestCheck.RunId(name, $"names[{i}]")).ToList();
            var runs = new List<StoredRun>();
            foreach (var id in ids)
                runs.Add(await store.FindRunAsync(id, context.CancellationToken) ?? throw new RunNotFoundException(id));
            return RunMapping.ToMessage(RunComparison.Of(runs));
        });

    /// <inheritdoc/>
    public override Task<ListImagesResponse> ListImages(ListImagesRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var id = RequestCheck.RunId(request.Run, "run");
            var size = RequestCheck.PageSize(request.PageSize, DefaultPage, MaxPage);
            var images = await store.ListImagesAsync(
                id, request.HasStep ? request.Step : null, request.SampleKey, RequestCheck.ImagePlace(request.PageToken), size + 1, context.CancellationToken);
            var response = new ListImagesResponse { Images = { images.Take(size).Select(RunMapping.ToMessage) } };
            if (images.Count > size)
                response.NextPageToken = $"{images[size - 1].Step} {images[size - 1].SampleKey}";
            return response;
        });

    /// <inheritdoc/>
    public override Task<ListEventsResponse> ListEvents(ListEventsRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var id = RequestCheck.RunId(request.Run, "run");
            var size = RequestCheck.PageSize(request.PageSize, DefaultPage, MaxPage);
            var events = await store.ListEventsAsync(id, RequestCheck.EventPlace(request.PageToken), size + 1, context.CancellationToken);
            var response = new ListEventsResponse { Events = { events.Take(size).Select(RunMapping.ToMessage) } };
            if (events.Count > size)
                response.NextPageToken = $"{events[size - 1].Number}";
            return response;
        });

    private async Task WatchAsync(
        string id, WatchMetricsRequest request, IServerStreamWriter<WatchMetricsResponse> stream, CancellationToken cancellationToken)
    {
        // First listen, then look: what happens between the two is told twice, not lost.
        using var subscription = store.Feed.Subscribe(id);
        var run = await store.FindRunAsync(id, cancellationToken) ?? throw new RunNotFoundException(id);
        await stream.WriteAsync(new WatchMetricsResponse { Run = RunMapping.ToMessage(run) }, cancellationToken);
        if (request.SnapshotPoints > 0)
        {
            foreach (var series in await store.QueryAsync(id, request.Metrics, request.SnapshotPoints, StepRange.All, cancellationToken))
                await WritePointsAsync(stream, series.Points, lagged: false, cancellationToken);
        }

        var wanted = request.Metrics.Count > 0 ? request.Metrics.ToHashSet(StringComparer.Ordinal) : null;
        while (run.Status == RunStatus.Running)
        {
            var (change, lagged) = await subscription.NextAsync(cancellationToken);
            if (change.IsDeleted)
                throw new RunNotFoundException(id);
            var points = wanted is null ? change.Points : [.. change.Points.Where(point => wanted.Contains(point.Metric))];
            if (points.Count > 0 || lagged)
                await WritePointsAsync(stream, points, lagged, cancellationToken);
            if (change.Run is null)
                continue;
            run = change.Run;
            await stream.WriteAsync(new WatchMetricsResponse { Run = RunMapping.ToMessage(run) }, cancellationToken);
        }
    }

    private static async Task WritePointsAsync(
        IServerStreamWriter<WatchMetricsResponse> stream, IReadOnlyList<StoredPoint> points, bool lagged, CancellationToken cancellationToken)
    {
        for (var start = 0; start < points.Count || lagged; start += MaxMessagePoints)
        {
            var part = points.Skip(start).Take(MaxMessagePoints).Select(RunMapping.ToMessage);
            await stream.WriteAsync(new WatchMetricsResponse { Points = { part }, Lagged = lagged }, cancellationToken);
            lagged = false;
        }
    }
}
