using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Maskwright.Artifacts;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;

namespace Maskwright.MetricsCollector;

/// <summary>The gRPC face of <see cref="MetricsStore"/>: checks requests, maps messages, names errors.</summary>
public sealed partial class MetricsGrpcService(
    MetricsStore store, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<MetricsGrpcService> logger, RunArchive? archive = null)
    : MetricsService.MetricsServiceBase
{
    /// <inheritdoc/>
    public override Task<Run> CreateRun(CreateRunRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var run = await store.CreateRunAsync(RequestCheck.NewRun(request), context.CancellationToken);
            Log.Created(logger, run.Registration.Id);
            return RunMapping.ToMessage(run);
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
    public override Task<Run> ReopenRun(ReopenRunRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var run = await store.ReopenRunAsync(RequestCheck.RunId(request.Name, "name"), context.CancellationToken);
            Log.Reopened(logger, run.Registration.Id);
            return RunMapping.ToMessage(run);
        });

    /// <inheritdoc/>
    public override Task<Run> GetRun(GetRunRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var id = RequestCheck.RunId(request.Name, "name");
            return RunMapping.ToMessage(await store.FindRunAsync(id, context.CancellationToken) ?? throw new RunNotFoundException(id));
        });

    /// <inheritdoc/>
    public override Task<Run> TagRun(TagRunRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var (id, set) = RequestCheck.Tags(request);
            return RunMapping.ToMessage(await store.TagRunAsync(id, set, request.Remove, context.CancellationToken));
        });

    /// <inheritdoc/>
    public override Task<Run> NoteRun(NoteRunRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var id = RequestCheck.RunId(request.Name, "name");
            RequestCheck.Note(request.Note, "note");
            return RunMapping.ToMessage(await store.NoteRunAsync(id, request.Note, context.CancellationToken));
        });

    /// <inheritdoc/>
    public override Task<Empty> DeleteRun(DeleteRunRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var id = RequestCheck.RunId(request.Name, "name");
            await store.DeleteRunAsync(id, context.CancellationToken);
            if (archive is not null)
                await ForgetAsync(archive, id);
            Log.Deleted(logger, id);
            return new Empty();
        });

    // The run is gone: what storage keeps of it harms nobody, and whoever asked cannot ask again.
    private async Task ForgetAsync(RunArchive archived, string id)
    {
        try
        {
            await archived.ForgetAsync(id, lifetime.ApplicationStopping);
        }
        catch (StorageException error)
        {
            Log.NotForgotten(logger, id, error.Message);
        }
    }

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
        catch (MetricsConflictException error) when (error.Reason == MetricsConflictException.Exists)
        {
            throw RpcErrors.Failed(Code.AlreadyExists, error.Reason, error.Message);
        }
        catch (MetricsConflictException error)
        {
            throw RpcErrors.FailedPrecondition(error.Reason, error.Message);
        }
        catch (MetricsDatabaseException error)
        {
            Log.Failed(logger, error.Message);
            throw error.IsFull
                ? RpcErrors.Failed(Code.ResourceExhausted, "METRICS_DATABASE_FULL", error.Message)
                : RpcErrors.Unavailable("METRICS_DATABASE", error.Message);
        }
    }
}
