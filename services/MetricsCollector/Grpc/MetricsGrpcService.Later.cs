using Grpc.Core;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;

namespace Maskwright.MetricsCollector;

/// <content>Methods of the contract that answer UNIMPLEMENTED.</content>
public sealed partial class MetricsGrpcService
{
    /// <inheritdoc/>
    public override Task<LogImagesResponse> LogImages(LogImagesRequest request, ServerCallContext context) =>
        throw RpcErrors.Unimplemented(nameof(LogImages), "Log figures as metrics with LogMetrics.");

    /// <inheritdoc/>
    public override Task<LogEventsResponse> LogEvents(LogEventsRequest request, ServerCallContext context) =>
        throw RpcErrors.Unimplemented(nameof(LogEvents), "The service that does the work tells its events in its Watch stream.");

    /// <inheritdoc/>
    public override Task WatchMetrics(
        WatchMetricsRequest request, IServerStreamWriter<WatchMetricsResponse> responseStream, ServerCallContext context) =>
        throw RpcErrors.Unimplemented(nameof(WatchMetrics), "Ask QueryMetrics again from time to time.");

    /// <inheritdoc/>
    public override Task<CompareRunsResponse> CompareRuns(CompareRunsRequest request, ServerCallContext context) =>
        throw RpcErrors.Unimplemented(nameof(CompareRuns), "Read both with GetRun and QueryMetrics.");

    /// <inheritdoc/>
    public override Task<Run> TagRun(TagRunRequest request, ServerCallContext context) =>
        throw RpcErrors.Unimplemented(nameof(TagRun), "Give tags to CreateRun.");

    /// <inheritdoc/>
    public override Task<Run> NoteRun(NoteRunRequest request, ServerCallContext context) =>
        throw RpcErrors.Unimplemented(nameof(NoteRun), "Give the note to CreateRun.");

    /// <inheritdoc/>
    public override Task<ExportRunResponse> ExportRun(ExportRunRequest request, ServerCallContext context) =>
        throw RpcErrors.Unimplemented(nameof(ExportRun), "Read its points with QueryMetrics.");

    /// <inheritdoc/>
    public override Task<Run> ImportRun(ImportRunRequest request, ServerCallContext context) =>
        throw RpcErrors.Unimplemented(nameof(ImportRun), "Register a run with CreateRun and send its points with LogMetrics.");
}
