using System.Text.Json;

namespace Maskwright.Segmentation.Tests;

public sealed class ResumedTrainingTests : IDisposable
{
    private const int Samples = 11;
    private const int BatchesPerEpoch = 3;

    private static readonly TrainingOptions Small = new() { Epochs = 2, BatchSize = 4, ImageSize = 32, LearningRate = 1e-3, Device = "cpu" };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("maskwright-resume-");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string> Recipes => new("adam", "adamw-average", "sgd", "rmsprop", "accumulate", "frozen", "auxiliary", "oversampled", "lraspp", "bfloat16");

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task A_run_taken_up_after_any_of_its_steps_ends_as_if_it_had_never_stopped(string name)
    {
        var options = name switch
        {
            "adamw-average" => Small with { Optimizer = "adamw", WeightDecay = 0.01, EmaDecay = 0.9, ClipNorm = 1 },
            "sgd" => Small with { Optimizer = "sgd", Nesterov = true, LearningRate = 0.02, Schedule = "one_cycle", WarmupSteps = 2 },
            "rmsprop" => Small with { Optimizer = "rmsprop", Schedule = "cosine" },
            "accumulate" => Small with { AccumulateBatches = 2 },
            "frozen" => Small with { FreezeBackboneEpochs = 1 },
            "auxiliary" => Small with { AuxiliaryHead = true, Schedule = "poly" },
            "oversampled" => Small with { Sampling = "repeat_factor", RareCrop = 0.5, ScaleJitter = 0.5, ColorJitter = 0.5 },
            "lraspp" => Small with { Network = "lraspp_mobilenet_v3_large" },
            "bfloat16" => Small with { Precision = "bfloat16" },
            _ => Small,
        };
        var undisturbed = await EndAsync("undisturbed", options);
        var checkpoints = await CheckpointsAsync("stopped", options, [1, BatchesPerEpoch + 1]);

        foreach (var checkpoint in checkpoints)
        {
            var resumed = await EndAsync($"resumed-{checkpoint.State.Epoch}-{checkpoint.State.Batches}", options, checkpoint);

            resumed.ShouldBe(undisturbed, $"after batch {checkpoint.State.Batches} of epoch {checkpoint.State.Epoch}");
        }
    }

    [Fact]
    public async Task A_run_cancelled_in_its_validation_goes_on_with_it()
    {
        var options = Small with { EmaDecay = 0.9 };
        var undisturbed = await EndAsync("undisturbed", options);

        // Cancelled right after the last batch of the first epoch is learned from: what hears of it next is validation.
        var checkpoint = await InterruptAsync("stopped", options, (moment, snapshot) => moment == SnapshotMoment.Step && snapshot.Step == BatchesPerEpoch);

        checkpoint.State.Epoch.ShouldBe(1);
        checkpoint.State.Batches.ShouldBe(BatchesPerEpoch);
        checkpoint.Epochs.ShouldBeEmpty();
        (await EndAsync("resumed", options, checkpoint)).ShouldBe(undisturbed);
    }

    [Fact]
    public async Task An_epoch_that_has_ended_is_not_trained_again_and_the_best_of_it_is_kept()
    {
        var options = Small with { Epochs = 6, LearningRate = 1e-9, EarlyStoppingEpochs = 2, Criterion = "val/pixel_accuracy" };
        var undisturbed = await EndAsync("undisturbed", options);

        var checkpoint = await InterruptAsync("stopped", options, (moment, snapshot) => moment == SnapshotMoment.Epoch && snapshot.Epochs.Count == 2);

        checkpoint.State.ShouldSatisfyAllConditions(state => state.Epoch.ShouldBe(3), state => state.Batches.ShouldBe(0));
        checkpoint.BestWeightsPath.ShouldNotBeNull();
        (await EndAsync("resumed", options, checkpoint)).ShouldBe(undisturbed);
    }

    [Fact]
    public async Task A_checkpoint_of_another_run_is_refused()
    {
        var checkpoint = await InterruptAsync("stopped", Small, (moment, _) => moment == SnapshotMoment.Step);

        (await Should.ThrowAsync<TrainingException>(() => EndAsync("a", Small with { BatchSize = 9 }, checkpoint with { State = checkpoint.State with { Batches = 3 } })))
            .Message.ShouldContain("belongs to another run");
        (await Should.ThrowAsync<WeightsFormatException>(() => EndAsync("b", Small with { EmaDecay = 0.9 }, checkpoint)))
            .Message.ShouldContain("average.");
        (await Should.ThrowAsync<WeightsFormatException>(() => EndAsync("c", Small with { Network = "lraspp_mobilenet_v3_large" }, checkpoint)))
            .Message.ShouldContain("lraspp");
    }

    /// <summary>Trains to the last of these steps, and keeps what the run hands out after each.</summary>
    private async Task<IReadOnlyList<TrainingCheckpoint>> CheckpointsAsync(string name, TrainingOptions options, IReadOnlyList<long> steps)
    {
        using var stop = new CancellationTokenSource();
        var checkpoints = new List<TrainingCheckpoint>();
        var loop = new TrainingLoop(options, SyntheticSplit.Classes, Folder(name), TimeProvider.System)
        {
            BetweenSteps = (moment, snapshot) =>
            {
                if (moment == SnapshotMoment.Step && steps.Contains(snapshot.Step))
                {
                    checkpoints.Add(Keep(snapshot, Folder($"{name}-{snapshot.Step}")));
                }

                if (checkpoints.Count == steps.Count)
                {
                    stop.Cancel();
                }
            },
        };
        await Should.ThrowAsync<OperationCanceledException>(async () => await RunAsync(loop, stop.Token));
        return checkpoints;
    }

    /// <summary>Trains until the moment that is wanted, cancels, and keeps what the run hands out then.</summary>
    private async Task<TrainingCheckpoint> InterruptAsync(string name, TrainingOptions options, Func<SnapshotMoment, TrainingSnapshot, bool> isWanted)
    {
        using var stop = new CancellationTokenSource();
        TrainingCheckpoint? checkpoint = null;
        var folder = Folder(name);
        var loop = new TrainingLoop(options, SyntheticSplit.Classes, folder, TimeProvider.System)
        {
            BetweenSteps = (moment, snapshot) =>
            {
                if (moment == SnapshotMoment.Last)
                {
                    checkpoint = Keep(snapshot, folder);
                }
                else if (isWanted(moment, snapshot))
                {
                    stop.Cancel();
                }
            },
        };
        await Should.ThrowAsync<OperationCanceledException>(async () => await RunAsync(loop, stop.Token));
        return checkpoint.ShouldNotBeNull();
    }

    /// <summary>Trains to the end; what it came to, without what a clock measured.</summary>
    private async Task<string> EndAsync(string name, TrainingOptions options, TrainingCheckpoint? checkpoint = null)
    {
        var folder = Folder(name);
        TrainingCheckpoint? last = null;
        var loop = new TrainingLoop(options, SyntheticSplit.Classes, folder, TimeProvider.System)
        {
            Resume = checkpoint,
            BetweenSteps = (moment, snapshot) => last = moment == SnapshotMoment.Last ? Keep(snapshot, folder) : last,
        };
        var result = await RunAsync(loop, TestContext.Current.CancellationToken);
        IReadOnlyList<EpochReport> epochs = [.. result.Epochs.Select(epoch => epoch with
        {
            ImagesPerSecond = 0, TrainSeconds = 0, ValidationSeconds = 0, DataWaitSeconds = 0, PeakMemoryBytes = 0,
        })];
        return string.Join('\n',
            [
                $"best {result.BestEpoch} {Digest(result.BestWeightsPath)}",
                $"last {Digest(last.ShouldNotBeNull().WeightsPath)} {Digest(last.TensorsPath)}",
                JsonSerializer.Serialize(epochs, RunJson.Default.IReadOnlyListEpochReport),
            ]);
    }

    private static async Task<TrainingResult> RunAsync(TrainingLoop loop, CancellationToken cancellationToken)
    {
        var train = await SyntheticSplit.BuildAsync(Samples, 32);
        var validation = await SyntheticSplit.BuildAsync(4, 32, seed: 2);
        return await loop.RunAsync(train, validation, new Progress<TrainingEvent>(), cancellationToken);
    }

    // Through its JSON, as storage keeps it.
    private static TrainingCheckpoint Keep(TrainingSnapshot snapshot, string folder)
    {
        var (weights, tensors) = (Path.Combine(folder, "weights.safetensors"), Path.Combine(folder, "training.safetensors"));
        using (var stream = File.Create(weights))
        {
            snapshot.WriteWeights(stream);
        }

        using (var stream = File.Create(tensors))
        {
            snapshot.WriteTensors(stream);
        }

        var state = JsonSerializer.Serialize(snapshot.State, RunJson.Default.TrainingState);
        var epochs = JsonSerializer.Serialize(snapshot.Epochs, RunJson.Default.IReadOnlyListEpochReport);
        return new TrainingCheckpoint
        {
            State = JsonSerializer.Deserialize(state, RunJson.Default.TrainingState)!,
            Epochs = JsonSerializer.Deserialize(epochs, RunJson.Default.IReadOnlyListEpochReport)!,
            WeightsPath = weights,
            TensorsPath = tensors,
            BestWeightsPath = snapshot.BestWeightsPath,
        };
    }

    private static string Digest(string path) => Artifacts.Digest.OfBytes(File.ReadAllBytes(path));

    private string Folder(string name) => _folder.CreateSubdirectory(name).FullName;
}
