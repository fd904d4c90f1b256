using Grpc.Core;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;

namespace Maskwright.MetricsCollector;

/// <content>Methods of the contract that answer UNIMPLEMENTED.</content>
public sealed partial class MetricsGrpcService
{
    /// <inheritdoc/>
    public override Task<ExportRunResponse> ExportRun(ExportRunRequest request, ServerCallContext context) =>
        throw RpcErrors.Unimplemented(nameof(ExportRun), "Read its points with QueryMetrics.");

    /// <inheritdoc/>
    public override Task<PrepareImportResponse> PrepareImport(PrepareImportRequest request, ServerCallContext context) =>
        throw RpcErrors.Unimplemented(nameof(PrepareImport), "Register a run with CreateRun and send its points with LogMetrics.");

    /// <inheritdoc/>
    public override Task<Run> ImportRun(ImportRunRequest request, ServerCallContext context) =>
        throw RpcErrors.Unimplemented(nameof(ImportRun), "Register a run with CreateRun and send its points with LogMetrics.");
}
