using System.Diagnostics;
using Maskwright.Dataset.V1;
using Maskwright.Evaluation.V1;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

/// <summary>One small dataset, a network trained on it and its evaluation, made once through the services; its events are kept.</summary>
public sealed class FinishedPipeline(RunningApplication running) : IAsyncLifetime
{
    public const int Scenes = 40;
    public const int Epochs = 2;
    public const int ImageSize = 64;
    public const string DatasetRequestId = "the-one-dataset";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public Application Application => running.Application;

    public IReadOnlyList<WatchDatasetResponse> DatasetEvents { get; private set; } = [];

    public IReadOnlyList<WatchTrainingRunResponse> TrainingEvents { get; private set; } = [];

    public IReadOnlyList<WatchEvaluationResponse> EvaluationEvents { get; private set; } = [];

    public Dataset.V1.Dataset Dataset => DatasetEvents[^1].Dataset;

    public TrainingRun Run => TrainingEvents[^1].TrainingRun;

    public Evaluation.V1.Evaluation Evaluation => EvaluationEvents[^1].Evaluation;

    /// <summary>Id of the trace that all of its calls are part of.</summary>
    public string TraceId { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        using var trace = new Activity("pipeline") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.SetIdFormat(ActivityIdFormat.W3C).Start();
        TraceId = trace.TraceId.ToHexString();
        using var patience = new CancellationTokenSource(Patience);
        var clients = Application.Clients;
        var dataset = await clients.Datasets.CreateDatasetAsync(
            new CreateDatasetRequest
            {
                Dataset = new Dataset.V1.Dataset { GeneratedScenes = new GeneratedScenes { Count = Scenes, Seed = 7 } },
                RequestId = DatasetRequestId,
            },
            cancellationToken: patience.Token);
        dataset.State.ShouldBe(State.Queued);
        using var datasetCall = clients.Datasets.WatchDataset(new WatchDatasetRequest { Name = dataset.Name }, cancellationToken: patience.Token);
        DatasetEvents = await datasetCall.ToListAsync(patience.Token);
        Dataset.State.ShouldBe(State.Succeeded, Dataset.Error?.Message);

        var run = await clients.Trainer.CreateTrainingRunAsync(
            new CreateTrainingRunRequest { TrainingRun = new TrainingRun { Dataset = dataset.Name, Options = SmallRecipe(Epochs) } }, cancellationToken: patience.Token);
        run.State.ShouldBe(State.Queued);
        using var trainingCall = clients.Trainer.WatchTrainingRun(new WatchTrainingRunRequest { Name = run.Name }, cancellationToken: patience.Token);
        TrainingEvents = await trainingCall.ToListAsync(patience.Token);
        Run.State.ShouldBe(State.Succeeded, Run.Error?.Message);

        var evaluation = await clients.Evaluator.CreateEvaluationAsync(
            new CreateEvaluationRequest { Evaluation = new Evaluation.V1.Evaluation { Model = run.Name } }, cancellationToken: patience.Token);
        evaluation.State.ShouldBe(State.Queued);
        using var evaluationCall = clients.Evaluator.WatchEvaluation(new WatchEvaluationRequest { Name = evaluation.Name }, cancellationToken: patience.Token);
        EvaluationEvents = await evaluationCall.ToListAsync(patience.Token);
        Evaluation.State.ShouldBe(State.Succeeded, Evaluation.Error?.Message);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A recipe of seconds.</summary>
    public static TrainingOptions SmallRecipe(int epochs) =>
        new() { Preset = "quickstart", Epochs = epochs, ImageSize = ImageSize, BatchSize = 8, Seed = 7 };
}

/// <summary>Tests of one application, one after another: the machine trains one network at a time.</summary>
[CollectionDefinition(Name)]
public sealed class PipelineTests : ICollectionFixture<FinishedPipeline>
{
    public const string Name = "pipeline";
}
