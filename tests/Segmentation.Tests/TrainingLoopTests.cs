using System.Security.Cryptography;

namespace Maskwright.Segmentation.Tests;

public sealed class TrainingLoopTests : IDisposable
{
    private static readonly TrainingOptions Small = new()
    {
        Epochs = 2,
        BatchSize = 4,
        ImageSize = 32,
        LearningRate = 1e-3,
        Device = "cpu",
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("maskwright-training-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_same_seed_gives_the_same_weights_to_the_bit_and_another_seed_others()
    {
        var train = await SyntheticSplit.BuildAsync(13, 32);
        var validation = await SyntheticSplit.BuildAsync(5, 32, seed: 2);

        var first = await RunAsync("a", Small, train, validation);
        var second = await RunAsync("b", Small, train, validation);
        var other = await RunAsync("c", Small with { Seed = 2 }, train, validation);

        Digest(second).ShouldBe(Digest(first));
        Digest(other).ShouldNotBe(Digest(first));
        second.Epochs.Select(e => e.ValidationLoss).ShouldBe(first.Epochs.Select(e => e.ValidationLoss));
    }

    [Fact]
    public async Task A_run_learns_reports_every_epoch_and_keeps_the_best()
    {
        var train = await SyntheticSplit.BuildAsync(24, 64);
        var validation = await SyntheticSplit.BuildAsync(6, 64, seed: 2);
        var events = new List<TrainingEvent>();

        var result = await RunAsync("run", Small with { Epochs = 8, ImageSize = 64, RotationDegrees = 0 }, train, validation, events);

        events[0].ShouldBeOfType<TrainingStarted>().StepsPerEpoch.ShouldBe(6);
        events.OfType<StepCompleted>().Count().ShouldBe(8 * 6);
        result.Epochs.Count.ShouldBe(8);
        result.Epochs[^1].TrainLoss.ShouldBeLessThan(result.Epochs[0].TrainLoss * 0.7);
        var best = result.Epochs.MaxBy(e => e.Validation.MeanIoU)!;
        result.BestEpoch.ShouldBe(best.Number);
        result.Epochs[^1].Train.MeanIoU!.Value.ShouldBeGreaterThan(result.Epochs[0].Train.MeanIoU!.Value);
        best.Validation.Pixels.ShouldBeInRange((6 * 64 * 64) - 100, 6 * 64 * 64);

        using var model = TrainedModel.Load(File.ReadAllBytes(result.BestWeightsPath), "best");
        var again = Evaluation.Run(model, validation, 4, TestContext.Current.CancellationToken);
        again.Matrix.ToMetrics().MeanIoU.ShouldBe(best.Validation.MeanIoU);
        Directory.GetFiles(_folder.FullName, "*.unfinished", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_loss_that_is_no_number_stops_the_run_naming_the_step_and_the_samples(double loss)
    {
        var failure = Should.Throw<TrainingException>(() => TrainingLoop.RequireFinite(loss, epoch: 3, step: 7, ["s001", "s042"]));

        failure.Message.ShouldContain("epoch 3, step 7, samples s001, s042");
    }

    [Fact]
    public async Task Cancelling_ends_the_run_within_one_step()
    {
        var train = await SyntheticSplit.BuildAsync(16, 32);
        using var stop = new CancellationTokenSource();
        var steps = 0;
        var loop = new TrainingLoop(Small with { Epochs = 100 }, SyntheticSplit.Classes, Folder("cancelled"), TimeProvider.System);
        var progress = new Listener(e =>
        {
            if (e is StepCompleted && ++steps == 2)
            {
                stop.Cancel();
            }
        });

        await Should.ThrowAsync<OperationCanceledException>(() => loop.RunAsync(train, train, progress, stop.Token));

        steps.ShouldBe(2);
    }

    [Fact]
    public async Task Splits_that_cannot_be_trained_on_are_refused_with_the_cure()
    {
        var three = await SyntheticSplit.BuildAsync(3, 32);
        var none = await SyntheticSplit.BuildAsync(0, 32);
        var four = await SyntheticSplit.BuildAsync(4, 48);

        (await Should.ThrowAsync<TrainingException>(() => RunAsync("x", Small, three, three))).Message.ShouldContain("Lower BatchSize");
        (await Should.ThrowAsync<TrainingException>(() => RunAsync("x", Small with { BatchSize = 3 }, three, none))).Message.ShouldContain("validation split is empty");
        (await Should.ThrowAsync<TrainingException>(() => RunAsync("x", Small, four, four))).Message.ShouldContain("decoded at 48 pixels");
    }

    [Fact]
    public async Task Tensors_do_not_pile_up_over_epochs()
    {
        var train = await SyntheticSplit.BuildAsync(8, 32);
        var live = new List<long>();
        var loop = new TrainingLoop(Small with { Epochs = 5 }, SyntheticSplit.Classes, Folder("live"), TimeProvider.System);
        var progress = new Listener(e =>
        {
            if (e is StepCompleted)
            {
                live.Add(TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            }
        });

        await loop.RunAsync(train, train, progress, TestContext.Current.CancellationToken);

        // The first step makes the gradients and the optimiser's state.
        live.Skip(1).Distinct().Count().ShouldBe(1, string.Join(' ', live));
    }

    private Task<TrainingResult> RunAsync(
        string name, TrainingOptions options, SampleCache train, SampleCache validation, List<TrainingEvent>? events = null)
    {
        var loop = new TrainingLoop(options, SyntheticSplit.Classes, Folder(name), TimeProvider.System);
        return loop.RunAsync(train, validation, new Listener(e => events?.Add(e)), TestContext.Current.CancellationToken);
    }

    private string Folder(string name) => Path.Combine(_folder.FullName, name);

    private static string Digest(TrainingResult result) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(result.BestWeightsPath)));

    private sealed class Listener(Action<TrainingEvent> hear) : IProgress<TrainingEvent>
    {
        public void Report(TrainingEvent value) => hear(value);
    }
}
