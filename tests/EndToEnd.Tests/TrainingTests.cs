using Grpc.Core;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

[Collection(PipelineTests.Name)]
public sealed class TrainingTests(FinishedPipeline pipeline)
{
    private const int Patience = 180_000;

    private readonly TrainingService.TrainingServiceClient _trainer = pipeline.Application.Clients.Trainer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_epoch_is_told_when_it_ends_and_kept()
    {
        var epochs = pipeline.TrainingEvents.Where(answer => answer.Event.Kind == EventKind.Epoch).ToList();
        epochs.Select(answer => answer.TrainingRun.Epochs[^1].Number).ShouldBe(Enumerable.Range(1, FinishedPipeline.Epochs));
        pipeline.Run.Epochs.ShouldBe(epochs.Select(answer => answer.TrainingRun.Epochs[^1]));
        foreach (var epoch in pipeline.Run.Epochs)
        {
            epoch.TrainLoss.ShouldBeInRange(double.Epsilon, 20);
            epoch.ValLoss.ShouldBeInRange(double.Epsilon, 1e6);
            epoch.Val.MeanIou.ShouldBeInRange(0, 1);
            epoch.PeakMemoryBytes.ShouldBeGreaterThan(50L * 1024 * 1024);
        }
    }

    [Fact]
    public void The_best_epoch_is_the_one_of_the_highest_validation_miou()
    {
        var best = pipeline.Run.Epochs.MaxBy(epoch => epoch.Val.MeanIou)!;
        pipeline.Run.BestEpoch.ShouldBe(best.Number);
        best.Best.ShouldBeTrue();
    }

    [Fact(Timeout = Patience)]
    public async Task A_run_can_be_got_and_is_listed()
    {
        (await _trainer.GetTrainingRunAsync(new GetTrainingRunRequest { Name = pipeline.Run.Name }, cancellationToken: Cancellation)).ShouldBe(pipeline.Run);
        var listed = await _trainer.ListTrainingRunsAsync(new ListTrainingRunsRequest { PageSize = 1000 }, cancellationToken: Cancellation);
        listed.TrainingRuns.ShouldContain(pipeline.Run);
    }

    [Fact(Timeout = Patience)]
    public async Task A_run_can_begin_with_anothers_weights_which_its_manifest_names()
    {
        var source = $"runs/{pipeline.Run.Name.Split('/')[1]}/best.safetensors";
        var run = await _trainer.CreateTrainingRunAsync(
            new CreateTrainingRunRequest
            {
                TrainingRun = new TrainingRun
                {
                    Dataset = pipeline.Dataset.Name,
                    Options = new TrainingOptions(pipeline.Run.Options)
                    {
                        Epochs = 1,
                        LearningRate = 1e-9,
                        InitialWeights = new InitialWeights { ObjectKey = source, Sha256 = pipeline.Run.ModelDigest },
                        Sampling = "repeat_factor",
                        ClassWeighting = "median_frequency",
                    },
                },
            },
            cancellationToken: Cancellation);

        var ended = await _trainer.EndAsync(run.Name, Cancellation);

        ended.State.ShouldBe(State.Succeeded, ended.Error?.Message);
        var best = pipeline.Run.Epochs[pipeline.Run.BestEpoch - 1].Val.MeanIou;
        ended.Epochs[0].Val.MeanIou.ShouldBeInRange(best * 0.5, 1);
        ended.Options.InitialWeights.ObjectKey.ShouldBe(source);
    }

    [Fact(Timeout = Patience)]
    public async Task A_running_run_that_is_cancelled_ends_so_and_leaves_no_model()
    {
        var run = await _trainer.CreateTrainingRunAsync(LongRun("to-be-cancelled"), cancellationToken: Cancellation);
        await _trainer.TrainingStepAsync(run.Name, Cancellation);
        await _trainer.DeleteTrainingRunAsync(new DeleteTrainingRunRequest { Name = run.Name }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.FailedPrecondition, "STILL_RUNNING");

        await _trainer.CancelTrainingRunAsync(new CancelTrainingRunRequest { Name = run.Name }, cancellationToken: Cancellation);
        var ended = await _trainer.EndAsync(run.Name, Cancellation);
        ended.State.ShouldBe(State.Cancelled);
        ended.Error.ShouldBeNull();
        ended.EndTime.ShouldNotBeNull();
        ended.ManifestKey.ShouldBeEmpty();
        (await pipeline.Application.Storage.KeysAsync("runs/to-be-cancelled/", Cancellation)).ShouldNotContain("runs/to-be-cancelled/manifest.json");

        await _trainer.DeleteTrainingRunAsync(new DeleteTrainingRunRequest { Name = run.Name }, cancellationToken: Cancellation);
        (await pipeline.Application.Storage.KeysAsync("runs/to-be-cancelled/", Cancellation)).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_run_whose_worker_is_killed_fails_where_it_may_not_be_taken_up_again_and_the_next_one_trains()
    {
        var asked = LongRun("to-be-killed");
        asked.TrainingRun.Options.MaxRestarts = 0;
        var run = await _trainer.CreateTrainingRunAsync(asked, cancellationToken: Cancellation);
        await _trainer.TrainingStepAsync(run.Name, Cancellation);
        ProgramProcess.Signal(pipeline.Application.ProcessesEndingWith("Trainer.dll worker").ShouldHaveSingleItem(), ProgramProcess.SigKill);

        var ended = await _trainer.EndAsync(run.Name, Cancellation);
        ended.State.ShouldBe(State.Failed);
        ended.Error.Reason().ShouldBe("WORKER_DIED");
        ended.Error.Message.ShouldContain("137");
        ended.Error.Message.ShouldContain("smaller batch");
        (await pipeline.Application.Storage.KeysAsync("runs/to-be-killed/", Cancellation)).ShouldNotContain("runs/to-be-killed/manifest.json");

        var next = await _trainer.CreateTrainingRunAsync(
            new CreateTrainingRunRequest { TrainingRun = new TrainingRun { Dataset = pipeline.Dataset.Name, Options = FinishedPipeline.SmallRecipe(epochs: 1) } },
            cancellationToken: Cancellation);
        var after = await _trainer.EndAsync(next.Name, Cancellation);
        after.State.ShouldBe(State.Succeeded, after.Error?.Message);
    }

    private CreateTrainingRunRequest LongRun(string id) => new()
    {
        TrainingRunId = id,
        TrainingRun = new TrainingRun { Dataset = pipeline.Dataset.Name, Options = FinishedPipeline.SmallRecipe(epochs: 10_000) },
    };
}
