using Google.Protobuf;
using Grpc.Core;
using Maskwright.Dataset.V1;
using Maskwright.Evaluation.V1;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

/// <summary>Models, datasets and evaluations that do not go together, and a split that shows few classes.</summary>
[Collection(PipelineTests.Name)]
public sealed class EvaluationRefusalTests(FinishedPipeline pipeline)
{
    private const int Patience = 180_000;
    private const int Car = 3;

    private readonly Clients _clients = pipeline.Application.Clients;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task What_cannot_be_measured_is_refused_before_anything_is_recorded()
    {
        var others = await ScenesAsync("other-classes", new PreparationOptions { Classes = { "person", "car" } });
        using var source = await new CocoSource().WriteAsync(Cancellation);
        var untested = await CarsAsync("untested", source, new PreparationOptions
        {
            Split = SplitKind.Lists,
            SplitLists = { new SplitList { Split = "train", Images = { "1", "2", "3" } }, new SplitList { Split = "val", Images = { "4" } } },
        });

        var classes = await CreateAsync("refused", others).ShouldFailAsync(StatusCode.FailedPrecondition, "CLASSES_DIFFER");
        var split = await CreateAsync("refused", untested).ShouldFailAsync(StatusCode.FailedPrecondition, "SPLIT_EMPTY");
        var dataset = await CreateAsync("refused", "datasets/not-there").ShouldFailAsync(StatusCode.FailedPrecondition, "DATASET_NOT_READY");
        var name = await CreateAsync("refused", pipeline.Dataset.Name, "validation").ShouldFailAsync(StatusCode.InvalidArgument, "INVALID_FIELD");

        classes.Status.Detail.ShouldContain("background, person, car");
        classes.Status.Detail.ShouldContain("background, person, bicycle, car, motorcycle, airplane");
        split.Status.Detail.ShouldContain("train, val");
        dataset.Status.Detail.ShouldContain("not-there");
        name.Status.Detail.ShouldContain("train, val, test");
        (classes.Field(), split.Field(), dataset.Field(), name.Field())
            .ShouldBe(("evaluation.dataset", "evaluation.split", "evaluation.dataset", "evaluation.split"));
        (await pipeline.Application.Storage.KeysAsync("evaluations/refused/", Cancellation)).ShouldBeEmpty();
        await _clients.Evaluator.GetEvaluationAsync(new GetEvaluationRequest { Name = "evaluations/refused" }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.NotFound, "RESOURCE_NOT_FOUND");
    }

    [Fact(Timeout = Patience)]
    public async Task A_model_that_is_still_training_is_neither_evaluated_nor_used_nor_exported()
    {
        var run = await TrainAsync("still-training", FinishedPipeline.SmallRecipe(10_000));
        await _clients.Trainer.TrainingStepAsync(run.Name, Cancellation);

        var refused = await CreateAsync("too-early", pipeline.Dataset.Name, model: run.Name).ShouldFailAsync(StatusCode.FailedPrecondition, "MODEL_NOT_READY");
        refused.Status.Detail.ShouldContain(run.Name);
        await _clients.Evaluator.PredictAsync(new PredictRequest { Model = run.Name, Image = ByteString.CopyFrom(1) }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.FailedPrecondition, "MODEL_NOT_READY");
        await _clients.Evaluator.ExportOnnxAsync(new ExportOnnxRequest { Model = run.Name }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.FailedPrecondition, "MODEL_NOT_READY");
        (await pipeline.Application.Storage.KeysAsync("evaluations/too-early/", Cancellation)).ShouldBeEmpty();

        await _clients.Trainer.CancelTrainingRunAsync(new CancelTrainingRunRequest { Name = run.Name }, cancellationToken: Cancellation);
        (await _clients.Trainer.EndAsync(run.Name, Cancellation)).State.ShouldBe(State.Cancelled);
        await CreateAsync("too-early", pipeline.Dataset.Name, model: run.Name).ShouldFailAsync(StatusCode.FailedPrecondition, "MODEL_NOT_READY");
    }

    [Fact(Timeout = Patience)]
    public async Task A_class_that_a_split_never_shows_is_absent_and_the_means_say_over_how_many_they_go()
    {
        using var source = await new CocoSource().WriteAsync(Cancellation);
        var cars = await CarsAsync("cars-only", source, new PreparationOptions());

        var report = (await EvaluateAsync("cars-only", cars, "train")).Report;

        var classes = pipeline.Run.Classes.Count;
        long Predicted(int index) => Enumerable.Range(0, classes).Sum(truth => report.Confusion[(truth * classes) + index]);
        foreach (var scores in report.Classes)
        {
            (scores.Support > 0).ShouldBe(scores.Index is 0 or Car, scores.Name);
            scores.HasRecall.ShouldBe(scores.Support > 0, scores.Name);
            scores.HasIou.ShouldBe(scores.Support > 0 || Predicted(scores.Index) > 0, scores.Name);
        }

        var present = report.Classes.Where(scores => scores.HasIou).ToList();
        report.ClassesPresent.ShouldBe(present.Count);
        report.MeanIou.ShouldBe(present.Average(scores => scores.Iou), 1e-12);
        report.MeanAccuracy.ShouldBe((report.Classes[0].Recall + report.Classes[Car].Recall) / 2, 1e-12);
    }

    [Fact(Timeout = Patience)]
    public async Task Evaluations_of_other_images_or_classes_are_not_compared_and_every_difference_is_named()
    {
        var validation = await EvaluateAsync("on-val", pipeline.Dataset.Name, "val");
        var scenes = await ScenesAsync("two-classes", new PreparationOptions { Classes = { "person", "car" } });
        var run = await TrainAsync("two-classes", FinishedPipeline.SmallRecipe(1), scenes);
        (await _clients.Trainer.EndAsync(run.Name, Cancellation)).State.ShouldBe(State.Succeeded);
        var others = await EvaluateAsync("two-classes", scenes, "test", run.Name);

        var splits = await CompareAsync(validation).ShouldFailAsync(StatusCode.FailedPrecondition, "NOT_COMPARABLE");
        var classes = await CompareAsync(others).ShouldFailAsync(StatusCode.FailedPrecondition, "NOT_COMPARABLE");

        splits.Status.Detail.ShouldContain("another split: test and val");
        splits.Status.Detail.ShouldNotContain("another dataset");
        classes.Status.Detail.ShouldContain("another dataset: ");
        classes.Status.Detail.ShouldContain("another list of classes: background, person, bicycle, car, motorcycle, airplane and background, person, car");
    }

    [Fact(Timeout = Patience)]
    public async Task Weights_with_a_past_and_a_split_that_was_learned_from_are_warned_about()
    {
        var options = FinishedPipeline.SmallRecipe(1);
        options.InitialWeights = new InitialWeights { ObjectKey = $"runs/{pipeline.Run.Name["trainingRuns/".Length..]}/best.safetensors" };
        var run = await TrainAsync("tuned", options);
        (await _clients.Trainer.EndAsync(run.Name, Cancellation)).State.ShouldBe(State.Succeeded);
        var tuned = await EvaluateAsync("tuned", pipeline.Dataset.Name, "test", run.Name);
        var learned = await EvaluateAsync("learned", pipeline.Dataset.Name, "train");

        var warned = await CompareAsync(tuned);
        var again = await _clients.Evaluator.CompareEvaluationsAsync(
            new CompareEvaluationsRequest { Names = { learned.Name, learned.Name } }, cancellationToken: Cancellation);

        var past = warned.Warnings.ShouldHaveSingleItem();
        past.ShouldContain(tuned.Name);
        past.ShouldContain(options.InitialWeights.ObjectKey);
        warned.Differences.ShouldHaveSingleItem().Name.ShouldBe(tuned.Name);
        again.Warnings.ShouldHaveSingleItem().ShouldContain("was trained on the images of this split");
    }

    private Task<string> ScenesAsync(string id, PreparationOptions options) =>
        PrepareAsync(id, new Dataset.V1.Dataset { GeneratedScenes = new GeneratedScenes { Count = FinishedPipeline.Scenes, Seed = 9 }, Options = options });

    private Task<string> CarsAsync(string id, CocoSource source, PreparationOptions options) =>
        PrepareAsync(id, new Dataset.V1.Dataset { CocoFolder = new CocoFolder { Path = source.FullName }, Options = options });

    private async Task<string> PrepareAsync(string id, Dataset.V1.Dataset dataset)
    {
        var created = await _clients.Datasets.CreateDatasetAsync(new CreateDatasetRequest { DatasetId = id, Dataset = dataset }, cancellationToken: Cancellation);
        var ended = await _clients.Datasets.EndAsync(created.Name, Cancellation);
        ended.State.ShouldBe(State.Succeeded, ended.Error?.Message);
        return ended.Name;
    }

    private async Task<TrainingRun> TrainAsync(string id, TrainingOptions options, string? dataset = null) => await _clients.Trainer.CreateTrainingRunAsync(
        new CreateTrainingRunRequest { TrainingRunId = id, TrainingRun = new TrainingRun { Dataset = dataset ?? pipeline.Dataset.Name, Options = options } }, cancellationToken: Cancellation);

    private AsyncUnaryCall<Evaluation.V1.Evaluation> CreateAsync(string id, string dataset, string split = "", string? model = null) => _clients.Evaluator.CreateEvaluationAsync(
        new CreateEvaluationRequest { EvaluationId = id, Evaluation = new Evaluation.V1.Evaluation { Model = model ?? pipeline.Run.Name, Dataset = dataset, Split = split } },
        cancellationToken: Cancellation);

    private async Task<Evaluation.V1.Evaluation> EvaluateAsync(string id, string dataset, string split, string? model = null)
    {
        var ended = await _clients.Evaluator.EndAsync((await CreateAsync(id, dataset, split, model)).Name, Cancellation);
        ended.State.ShouldBe(State.Succeeded, ended.Error?.Message);
        return ended;
    }

    private AsyncUnaryCall<CompareEvaluationsResponse> CompareAsync(Evaluation.V1.Evaluation other) => _clients.Evaluator.CompareEvaluationsAsync(
        new CompareEvaluationsRequest { Names = { pipeline.Evaluation.Name, other.Name } }, cancellationToken: Cancellation);
}
