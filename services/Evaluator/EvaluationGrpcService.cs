using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Maskwright.Evaluation.V1;
using Maskwright.ServiceDefaults;
using EvaluationResource = Maskwright.Evaluation.V1.Evaluation;

namespace Maskwright.Evaluator;

/// <summary>The gRPC face of evaluation and prediction.</summary>
internal sealed class EvaluationGrpcService(
    WorkQueue<EvaluationResource> queue, EvaluationRequests requests, EvaluationLinks links,
    EvaluationComparison comparison, ImagePrediction prediction, ModelExport export)
    : EvaluationService.EvaluationServiceBase
{
    public override async Task<EvaluationResource> CreateEvaluation(CreateEvaluationRequest request, ServerCallContext context)
    {
        var evaluation = await requests.ValidateAsync(request.Evaluation, context.CancellationToken);
        return await queue.CreateAsync(evaluation, request.EvaluationId, request.RequestId, context.CancellationToken);
    }

    public override Task<EvaluationResource> GetEvaluation(GetEvaluationRequest request, ServerCallContext context) =>
        Task.FromResult(links.Add(queue.Get(request.Name)));

    public override Task<ListEvaluationsResponse> ListEvaluations(ListEvaluationsRequest request, ServerCallContext context)
    {
        var (page, next) = queue.List(request.PageSize, request.PageToken);
        return Task.FromResult(new ListEvaluationsResponse { Evaluations = { page }, NextPageToken = next });
    }

    public override async Task WatchEvaluation(
        WatchEvaluationRequest request, IServerStreamWriter<WatchEvaluationResponse> responseStream, ServerCallContext context)
    {
        await foreach (var (happened, evaluation) in queue.WatchAsync(request.Name, request.AfterSequence, context.CancellationToken))
        {
            var linked = links.Add(evaluation);
            await responseStream.WriteAsync(new WatchEvaluationResponse { Event = happened, Evaluation = linked }, context.CancellationToken);
        }
    }

    public override Task<EvaluationResource> CancelEvaluation(CancelEvaluationRequest request, ServerCallContext context) =>
        queue.CancelAsync(request.Name, context.CancellationToken);

    public override async Task<Empty> DeleteEvaluation(DeleteEvaluationRequest request, ServerCallContext context)
    {
        await queue.DeleteAsync(request.Name, context.CancellationToken);
        return new Empty();
    }

    public override Task<PredictResponse> Predict(PredictRequest request, ServerCallContext context) =>
        prediction.PredictAsync(request, context.CancellationToken);

    public override async Task PredictStream(
        IAsyncStreamReader<PredictRequest> requestStream, IServerStreamWriter<PredictResponse> responseStream, ServerCallContext context)
    {
        await foreach (var answer in prediction.PredictAsync(requestStream.ReadAllAsync(context.CancellationToken), context.CancellationToken))
            await responseStream.WriteAsync(answer, context.CancellationToken);
    }

    public override Task<CompareEvaluationsResponse> CompareEvaluations(CompareEvaluationsRequest request, ServerCallContext context) =>
        comparison.CompareAsync(request, context.CancellationToken);

    public override Task<ExportOnnxResponse> ExportOnnx(ExportOnnxRequest request, ServerCallContext context) =>
        export.ExportAsync(request, context.CancellationToken);
}
