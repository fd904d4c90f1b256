using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.Cli.Tests;

internal sealed class FakeTrainingService(FakeScript script) : TrainingService.TrainingServiceBase
{
    private const int Epochs = 3;

    private static readonly string[] Classes = ["background", "person", "bicycle", "car", "motorcycle", "airplane"];

    public override Task<TrainingRun> CreateTrainingRun(CreateTrainingRunRequest request, ServerCallContext context)
    {
        script.Requests.Enqueue(request);
        if (request.TrainingRun.Options.HasEpochs && request.TrainingRun.Options.Epochs < 1)
        {
            throw new Google.Rpc.Status
            {
                Code = (int)StatusCode.InvalidArgument,
                Message = "training_run.options.epochs: It is 0; 1 to 10000 are allowed.",
                Details =
                {
                    Any.Pack(new Google.Rpc.ErrorInfo { Reason = "INVALID_FIELD", Domain = "maskwright" }),
                    Any.Pack(new Google.Rpc.BadRequest
                    {
                        FieldViolations =
                        {
                            new Google.Rpc.BadRequest.Types.FieldViolation
                            {
                                Field = "training_run.options.epochs", Description = "It is 0; 1 to 10000 are allowed.",
                            },
                        },
                    }),
                },
            }.ToRpcException();
        }

        return Task.FromResult(Run(0, State.Queued));
    }

    public override Task<TrainingRun> GetTrainingRun(GetTrainingRunRequest request, ServerCallContext context) =>
        Task.FromResult(script.BrokenTrainingStreams > 0 ? Run(1, State.Running) : Run(Epochs, State.Succeeded));

    public override Task<ListTrainingRunsResponse> ListTrainingRuns(ListTrainingRunsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListTrainingRunsResponse { TrainingRuns = { Run(Epochs, State.Succeeded) } });

    public override async Task WatchTrainingRun(
        WatchTrainingRunRequest request, IServerStreamWriter<WatchTrainingRunResponse> responseStream, ServerCallContext context)
    {
        script.Requests.Enqueue(request);
        if (script.TrainingIsWatched is { } watched)
        {
            await responseStream.WriteAsync(Happened(1, EventKind.Snapshot, Run(0, State.Running)));
            watched.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }

        for (var epoch = (int)request.AfterSequence; epoch <= Epochs; epoch++)
        {
            var kind = epoch == request.AfterSequence ? EventKind.Snapshot : EventKind.Epoch;
            await responseStream.WriteAsync(Happened(epoch, kind, Run(epoch, State.Running)));
            if (epoch == 2 && script.BrokenTrainingStreams-- > 0)
                throw new RpcException(new Status(StatusCode.Unavailable, "the connection broke"));
        }

        await responseStream.WriteAsync(Happened(Epochs + 1, EventKind.State, Run(Epochs, State.Succeeded)));
    }

    public override Task<TrainingRun> CancelTrainingRun(CancelTrainingRunRequest request, ServerCallContext context)
    {
        script.Requests.Enqueue(request);
        return Task.FromResult(Run(1, State.Running));
    }

    public override Task<TrainingRun> ResumeTrainingRun(ResumeTrainingRunRequest request, ServerCallContext context)
    {
        script.Requests.Enqueue(request);
        var run = Run(1, State.Queued);
        run.LastCheckpoint = new Checkpoint { Step = 120, Epoch = 2 };
        return Task.FromResult(run);
    }

    public override Task<ListPresetsResponse> ListPresets(ListPresetsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListPresetsResponse
        {
            Presets =
            {
                new Preset { Name = "quickstart", Description = "Learns scenes.", Options = new TrainingOptions() },
                new Preset
                {
                    Name = "report",
                    Description = "The report's.",
                    Options = new TrainingOptions { LearningRate = 1e-4, Loss = { new LossTerm { Name = "cross_entropy", Weight = 1 } } },
                },
            },
        });

    private static WatchTrainingRunResponse Happened(long sequence, EventKind kind, TrainingRun run) =>
        new() { Event = new Event { Sequence = sequence, Kind = kind }, TrainingRun = run };

    private static TrainingRun Run(int epochs, State state)
    {
        var run = new TrainingRun
        {
            Name = "trainingRuns/fake",
            Dataset = "datasets/fake",
            State = state,
            Options = new TrainingOptions { Preset = "quickstart", Epochs = Epochs },
            CreateTime = new Timestamp { Seconds = 1_780_000_050 },
            StartTime = new Timestamp { Seconds = 1_780_000_051 },
            BestEpoch = Math.Min(epochs, 2),
            MetricsRun = "runs/fake",
            ModelDigest = state == State.Succeeded ? new string('b', 64) : "",
            PeakMemoryBytes = 1_700L << 20,
            Progress = state == State.Running ? new Progress { Stage = "train", Done = 40, Total = 120, Unit = "steps", Rate = 2.5 } : null,
        };
        if (state == State.Succeeded)
            run.EndTime = new Timestamp { Seconds = 1_780_000_171 };
        for (var number = 1; number <= epochs; number++)
        {
            var scores = new Scores { MeanIou = 0.2 * number, MeanDice = 0.25 * number, PixelAccuracy = 0.9 };
            scores.Classes.AddRange(Classes.Select((name, index) => new ClassScores { Index = index, Name = name, Support = 1_000 }));
            foreach (var named in scores.Classes.SkipLast(1))
                named.Iou = 0.9 / (named.Index + 1);
            run.Epochs.Add(new Epoch
            {
                Number = number,
                TrainLoss = 1.0 / number,
                ValLoss = 1.2 / number,
                Val = scores,
                ImagesPerSecond = 12.34,
                TrainSeconds = 38,
                ValSeconds = 3,
                Best = number <= 2,
            });
        }

        return run;
    }
}
