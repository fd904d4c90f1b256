using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Maskwright.Evaluation.V1;
using Maskwright.Work.V1;

namespace Maskwright.Cli.Tests;

internal sealed class FakeEvaluationService(FakeScript script) : EvaluationService.EvaluationServiceBase
{
    public override Task<Evaluation.V1.Evaluation> CreateEvaluation(CreateEvaluationRequest request, ServerCallContext context)
    {
        script.Requests.Enqueue(request);
        return Task.FromResult(new Evaluation.V1.Evaluation { Name = "evaluations/fake", State = State.Queued });
    }

    public override Task<Evaluation.V1.Evaluation> GetEvaluation(GetEvaluationRequest request, ServerCallContext context) =>
        Task.FromResult(Ended());

    public override async Task WatchEvaluation(
        WatchEvaluationRequest request, IServerStreamWriter<WatchEvaluationResponse> responseStream, ServerCallContext context) =>
        await responseStream.WriteAsync(new WatchEvaluationResponse { Event = new Event { Sequence = 1, Kind = EventKind.State }, Evaluation = Ended() });

    public override Task<PredictResponse> Predict(PredictRequest request, ServerCallContext context)
    {
        if (request.Image.Span.SequenceEqual("broken"u8))
        {
            throw new Google.Rpc.Status
            {
                Code = (int)StatusCode.InvalidArgument,
                Message = "image: It does not decode.",
                Details = { Any.Pack(new Google.Rpc.ErrorInfo { Reason = "INVALID_FIELD", Domain = "maskwright" }) },
            }.ToRpcException();
        }

        script.Requests.Enqueue(request);
        return Task.FromResult(new PredictResponse
        {
            MaskPng = ByteString.CopyFromUtf8("mask"),
            OverlayPng = ByteString.CopyFromUtf8("overlay"),
            Width = 640,
            Height = 480,
            Shares =
            {
                new ClassShare { Index = 0, Name = "background", Share = 0.75 },
                new ClassShare { Index = 1, Name = "person", Share = 0.25 },
            },
        });
    }

    private Evaluation.V1.Evaluation Ended() => new()
    {
        Name = "evaluations/fake",
        Model = "trainingRuns/fake",
        Split = "test",
        State = State.Succeeded,
        StartTime = new Timestamp { Seconds = 1_780_000_172 },
        EndTime = new Timestamp { Seconds = 1_780_000_178 },
        ReportKey = "evaluations/fake/report.json",
        FigureKey = "evaluations/fake/figure.png",
        FigureUrl = script.FigureUrl,
        Report = new Report
        {
            Images = 60,
            ValidPixels = 3_932_160,
            MeanIou = 0.612,
            MeanDice = 0.731,
            PixelAccuracy = 0.945,
            MeanAccuracy = 0.701,
            FrequencyWeightedIou = 0.902,
            ClassesPresent = 2,
            ImageSize = 256,
            Classes =
            {
                new ClassReport { Index = 0, Name = "background", Iou = 0.95, Dice = 0.974, Precision = 0.96, Recall = 0.98, Support = 3_500_000 },
                new ClassReport { Index = 1, Name = "person", Iou = 0.274, Dice = 0.43, Precision = 0.5, Recall = 0.38, Support = 432_160 },
                new ClassReport { Index = 2, Name = "airplane" },
            },
        },
    };
}
