using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Maskwright.ServiceDefaults;
using Maskwright.Training.V1;

namespace Maskwright.Trainer;

/// <summary>The gRPC face of training.</summary>
internal sealed class TrainingGrpcService(WorkQueue<TrainingRun> queue, TrainingRequests requests, TimeProvider time) : TrainingService.TrainingServiceBase
{
    public override async Task<TrainingRun> CreateTrainingRun(CreateTrainingRunRequest request, ServerCallContext context)
    {
        var run = await requests.ValidateAsync(request.TrainingRun, context.CancellationToken);
        return await queue.CreateAsync(run, request.TrainingRunId, request.RequestId, context.CancellationToken);
    }

    public override Task<TrainingRun> GetTrainingRun(GetTrainingRunRequest request, ServerCallContext context) =>
        Task.FromResult(queue.Get(request.Name));

    public override Task<ListTrainingRunsResponse> ListTrainingRuns(ListTrainingRunsRequest request, ServerCallContext context)
    {
        var (page, next) = queue.List(request.PageSize, request.PageToken);
        return Task.FromResult(new ListTrainingRunsResponse { TrainingRuns = { page }, NextPageToken = next });
    }

    public override async Task WatchTrainingRun(
        WatchTrainingRunRequest request, IServerStreamWriter<WatchTrainingRunResponse> responseStream, ServerCallContext context)
    {
        await foreach (var (happened, run) in queue.WatchAsync(request.Name, request.AfterSequence, context.CancellationToken))
            await responseStream.WriteAsync(new WatchTrainingRunResponse { Event = happened, TrainingRun = run }, context.CancellationToken);
    }

    public override Task<TrainingRun> CancelTrainingRun(CancelTrainingRunRequest request, ServerCallContext context) =>
        queue.CancelAsync(request.Name, context.CancellationToken);

    public override Task<TrainingRun> ResumeTrainingRun(ResumeTrainingRunRequest request, ServerCallContext context) =>
        queue.RequeueAsync(
            request.Name,
            run =>
            {
                run.EarlierTime = run.Took?.ToDuration();
                run.ResumeTime = Timestamp.FromDateTimeOffset(time.GetUtcNow());
            },
            context.CancellationToken);

    public override async Task<Empty> DeleteTrainingRun(DeleteTrainingRunRequest request, ServerCallContext context)
    {
        await queue.DeleteAsync(request.Name, context.CancellationToken);
        return new Empty();
    }

    public override Task<ListPresetsResponse> ListPresets(ListPresetsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListPresetsResponse { Presets = { Recipes.Presets } });
}
