using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;

namespace Maskwright.MetricsCollector;

/// <summary>The gRPC face of <see cref="MetricsStore"/>: checks requests, maps messages, names errors.</summary>
public sealed partial class MetricsGrpcService(MetricsStore store, TimeProvider time, ILogger<MetricsGrpcService> logger)
    : MetricsService.MetricsServiceBase
{
    private const int DefaultPageSize = 50;
    private const int MaxPageSize = 1_000;
    private const int MaxSeriesPoints = 100_000;

    /// <inheritdoc/>
    public override Task<Run> CreateRun(CreateRunRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var run = await store.CreateRunAsync(RequestCheck.NewRun(request), context.CancellationToken);
            Log.Created(logger, run.Registration.Id);
            return RunMapping.ToMessage(run);
        });

    /// <inheritdoc/>
    public override Task<LogMetricsResponse> LogMetrics(
        IAsyncStreamReader<LogMetricsRequest> requestStream, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var response = new LogMetricsResponse();
            await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
            {
                var batch = RequestCheck.Batch(request, time);
                if (await store.AppendAsync(batch, context.CancellationToken))
                    response.PointsAccepted += batch.Points.Count;
                else
                    response.BatchesSkipped++;
            }

            return response;
        });

    /// <inheritdoc/>
    public override Task<Run> FinishRun(FinishRunRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var (id, status) = RequestCheck.Finish(request);
            var run = await store.FinishRunAsync(id, status, request.ErrorMessage, context.CancellationToken);
            Log.Finished(logger, id, status);
            return RunMapping.ToMessage(run);
        });

    /// <inheritdoc/>
    public override Task<Run> GetRun(GetRunRequest request, ServerCallContext context) => AnswerAsync(
        () =>
        {
            var id = RequestCheck.RunId(request.Name, "name");
            return Task.FromResult(RunMapping.ToMessage(store.FindRun(id) ?? throw new RunNotFoundException(id)));
        });

    /// <inheritdoc/>
    public override Task<ListRunsResponse> ListRuns(ListRunsRequest request, ServerCallContext context) => AnswerAsync(
        () =>
        {
            RequestCheck.Range(request.PageSize, 0, MaxPageSize, "page_size");
            var size = request.PageSize == 0 ? DefaultPageSize : request.PageSize;
            var runs = store.ListRuns(size + 1, RequestCheck.PageToken(request.PageToken));
            var response = new ListRunsResponse();
            response.Runs.AddRange(runs.Take(size).Select(RunMapping.ToMessage));
            if (runs.Count > size)
                response.NextPageToken = runs[size - 1].Number.ToString();
            return Task.FromResult(response);
        });

    /// <inheritdoc/>
    public override Task<QueryMetricsResponse> QueryMetrics(QueryMetricsRequest request, ServerCallContext context) => AnswerAsync(
        () =>
        {
            var id = RequestCheck.RunId(request.Run, "run");
            RequestCheck.Range(request.MaxPoints, 0, MaxSeriesPoints, "max_points");
            RequestCheck.Metrics(request.Metrics);
            var response = new QueryMetricsResponse();
            response.Series.AddRange(store.Query(id, request.Metrics, request.MaxPoints).Select(RunMapping.ToMessage));
            return Task.FromResult(response);
        });

    /// <inheritdoc/>
    public override Task<Empty> DeleteRun(DeleteRunRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var id = RequestCheck.RunId(request.Name, "name");
            await store.DeleteRunAsync(id, context.CancellationToken);
            Log.Deleted(logger, id);
            return new Empty();
        });

    private async Task<T> AnswerAsync<T>(Func<Task<T>> answer)
    {
        try
        {
            return await answer();
        }
        catch (RunNotFoundException error)
        {
            throw RpcErrors.NotFound($"runs/{error.Id}");
        }
        catch (MetricsConflictException error)
        {
            throw RpcErrors.FailedPrecondition(error.Reason, error.Message);
        }
        catch (MetricsDatabaseException error)
        {
            Log.Failed(logger, error.Message);
            throw RpcErrors.Unavailable("METRICS_DATABASE", error.Message);
        }
    }
}
