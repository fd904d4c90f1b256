using Grpc.Core;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;

namespace Maskwright.MetricsCollector;

/// <content>Runs out to object storage and in again.</content>
public sealed partial class MetricsGrpcService
{
    private RunArchive Archive => archive ?? throw RpcErrors.FailedPrecondition(
        "NO_STORAGE",
        "Runs are exported to and imported from object storage, and this collector has none. Set ConnectionStrings__artifacts.");

    /// <inheritdoc/>
    public override Task<ExportRunResponse> ExportRun(ExportRunRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var id = RequestCheck.RunId(request.Name, "name");
            var format = RequestCheck.Format(request.Format);
            var run = await store.FindRunAsync(id, context.CancellationToken) ?? throw new RunNotFoundException(id);
            var exported = await Archive.ExportAsync(run, format, context.CancellationToken);
            Log.Exported(logger, id, exported.ObjectKey);
            return exported;
        });

    /// <inheritdoc/>
    public override Task<PrepareImportResponse> PrepareImport(PrepareImportRequest request, ServerCallContext context) =>
        AnswerAsync(() => Archive.PrepareAsync(context.CancellationToken));

    /// <inheritdoc/>
    public override Task<Run> ImportRun(ImportRunRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            RequestCheck.ObjectKey(request.ObjectKey, "object_key");
            if (request.RunId.Length > 0)
                RequestCheck.NewRunId(request.RunId, "run_id");
            try
            {
                var run = await Archive.ImportAsync(request.ObjectKey, request.RunId, context.CancellationToken);
                Log.Imported(logger, run.Registration.Id);
                return RunMapping.ToMessage(run);
            }
            catch (InvalidDataException error)
            {
                throw RpcErrors.InvalidArgument("object_key", $"The zip was not taken in. {error.Message}");
            }
        });
}
