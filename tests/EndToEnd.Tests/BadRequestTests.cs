using Google.Protobuf;
using Grpc.Core;
using Maskwright.Dataset.V1;
using Maskwright.Evaluation.V1;
using Maskwright.Metrics.V1;
using Maskwright.Training.V1;

namespace Maskwright.EndToEnd.Tests;

[Collection(PipelineTests.Name)]
public sealed class BadRequestTests(FinishedPipeline pipeline)
{
    private const int Patience = 120_000;

    private readonly Clients _clients = pipeline.Application.Clients;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_training_on_a_dataset_that_is_not_finished_is_refused()
    {
        var failure = await TrainAsync("datasets/not-there", new TrainingOptions()).ShouldFailAsync(StatusCode.FailedPrecondition, "DATASET_NOT_READY");
        failure.Field().ShouldBe("training_run.dataset");
        failure.Status.Detail.ShouldContain("not-there");
        failure.Status.Detail.ShouldContain("Prepare it");
    }

    [Fact(Timeout = Patience)]
    public async Task A_batch_larger_than_the_split_is_refused()
    {
        var failure = await TrainAsync(pipeline.Dataset.Name, new TrainingOptions { BatchSize = 512 }).ShouldFailAsync(StatusCode.InvalidArgument, "INVALID_FIELD");
        failure.Field().ShouldBe("training_run.options.batch_size");
        failure.Status.Detail.ShouldContain("512");
    }

    [Fact(Timeout = Patience)]
    public async Task Options_that_cannot_be_used_with_this_dataset_or_machine_are_named_at_once()
    {
        foreach (var (field, options) in new (string, TrainingOptions)[]
        {
            ("class_weights", new TrainingOptions { ClassWeights = { 1, 2, 3 } }),
            ("device", new TrainingOptions { Device = "cuda:7" }),
            ("initial_weights", new TrainingOptions { InitialWeights = new InitialWeights { File = "/not/there.pth" } }),
            ("initial_weights", new TrainingOptions { InitialWeights = new InitialWeights { ObjectKey = "runs/none/best.safetensors" } }),
            ("initial_weights", new TrainingOptions { InitialWeights = new InitialWeights { Url = "https://host/a.pth" } }),
            ("initial_weights", new TrainingOptions { Network = "deeplabv3_resnet50", InitialWeights = new InitialWeights { ObjectKey = $"runs/{pipeline.Run.Name.Split('/')[1]}/best.safetensors" } }),
            ("epochs", new TrainingOptions { Epochs = 0 }),
            ("batch_size", new TrainingOptions { BatchSize = 1 }),
            ("image_size", new TrainingOptions { ImageSize = 4096 }),
            ("crop_min_area", new TrainingOptions { CropMinArea = 1.5 }),
            ("checkpoint_minutes", new TrainingOptions { CheckpointMinutes = double.NaN }),
            ("max_restarts", new TrainingOptions { MaxRestarts = -1 }),
            ("scale_max", new TrainingOptions { ScaleMax = 9 }),
        })
        {
            var failure = await TrainAsync(pipeline.Dataset.Name, options).ShouldFailAsync(StatusCode.InvalidArgument, "INVALID_FIELD");
            failure.Field().ShouldBe($"training_run.options.{field}");
        }
    }

    [Fact(Timeout = Patience)]
    public async Task A_preset_that_is_not_there_is_answered_with_those_that_are()
    {
        var failure = await TrainAsync(pipeline.Dataset.Name, new TrainingOptions { Preset = "magic" }).ShouldFailAsync(StatusCode.InvalidArgument, "INVALID_FIELD");
        failure.Field().ShouldBe("training_run.options.preset");
        failure.Status.Detail.ShouldContain("quickstart");
    }

    [Fact(Timeout = Patience)]
    public async Task A_model_that_is_not_finished_is_neither_evaluated_nor_used()
    {
        var evaluation = await _clients.Evaluator.CreateEvaluationAsync(
                new CreateEvaluationRequest { Evaluation = new Evaluation.V1.Evaluation { Model = "trainingRuns/not-there" } }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.FailedPrecondition, "MODEL_NOT_READY");
        evaluation.Status.Detail.ShouldContain("trainingRuns/not-there");
        await _clients.Evaluator.PredictAsync(
                new PredictRequest { Model = "trainingRuns/not-there", Image = ByteString.CopyFrom(1) }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.FailedPrecondition, "MODEL_NOT_READY");
    }

    [Fact(Timeout = Patience)]
    public async Task Names_that_nothing_has_are_not_found()
    {
        var dataset = await _clients.Datasets.GetDatasetAsync(new GetDatasetRequest { Name = "datasets/none" }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.NotFound, "RESOURCE_NOT_FOUND");
        dataset.Status.Detail.ShouldContain("datasets/none");
        await _clients.Datasets.DeleteDatasetAsync(new DeleteDatasetRequest { Name = "datasets/none" }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.NotFound, "RESOURCE_NOT_FOUND");
        await _clients.Trainer.CancelTrainingRunAsync(new CancelTrainingRunRequest { Name = "trainingRuns/none" }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.NotFound, "RESOURCE_NOT_FOUND");
        await _clients.Evaluator.GetEvaluationAsync(new GetEvaluationRequest { Name = "evaluations/none" }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.NotFound, "RESOURCE_NOT_FOUND");
        await _clients.Metrics.GetRunAsync(new GetRunRequest { Name = "runs/none" }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.NotFound, "RESOURCE_NOT_FOUND");

        using var watch = _clients.Trainer.WatchTrainingRun(new WatchTrainingRunRequest { Name = "trainingRuns/none" }, cancellationToken: Cancellation);
        (await Should.ThrowAsync<RpcException>(watch.ToListAsync(Cancellation))).StatusCode.ShouldBe(StatusCode.NotFound);
    }

    [Fact(Timeout = Patience)]
    public async Task A_name_of_another_collection_is_a_bad_argument() =>
        (await _clients.Datasets.GetDatasetAsync(new GetDatasetRequest { Name = "trainingRuns/../x" }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.InvalidArgument, "INVALID_FIELD")).Field().ShouldBe("name");

    [Fact(Timeout = Patience)]
    public async Task An_id_that_is_taken_is_refused() =>
        await _clients.Trainer.CreateTrainingRunAsync(
                new CreateTrainingRunRequest
                {
                    TrainingRunId = pipeline.Run.Name["trainingRuns/".Length..],
                    TrainingRun = new TrainingRun { Dataset = pipeline.Dataset.Name, Options = FinishedPipeline.SmallRecipe(1) },
                },
                cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.AlreadyExists, "RESOURCE_EXISTS");

    private AsyncUnaryCall<TrainingRun> TrainAsync(string dataset, TrainingOptions options) => _clients.Trainer.CreateTrainingRunAsync(
        new CreateTrainingRunRequest { TrainingRun = new TrainingRun { Dataset = dataset, Options = options } }, cancellationToken: Cancellation);
}
