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
        var told = events.OfType<EpochCompleted>().Single(e => e.Report.Number == best.Number);
        told.Confusion.Counts.ToArray().ShouldBe(again.Matrix.Counts.ToArray());
        var whole = Evaluation.Run(model, validation, 4, TestContext.Current.CancellationToken, [0, 1, 2, 3, 4, 5]);
        told.ShownPredictions.Select(mask => mask.Pixels).ShouldBe([whole.Shown[5].Pixels, whole.Shown[0].Pixels, whole.Shown[3].Pixels]);
        var counted = new ConfusionMatrix(SyntheticSplit.Classes.Length);
        for (var i = 0; i < whole.Shown.Count; i++)
            counted.Add(validation.Samples[i].Mask.Pixels, whole.Shown[i].Pixels);
        counted.Counts.ToArray().ShouldBe(again.Matrix.Counts.ToArray());
        Directory.GetFiles(_folder.FullName, "*.unfinished", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    public static TheoryData<string> Recipes => new(
        "resnet50", "lraspp", "auxiliary", "ema", "accumulate", "frozen", "bfloat16", "weighted", "oversampled", "sgd", "focal-tversky", "lovasz", "crops");

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task Every_recipe_learns_and_can_be_repeated_to_the_bit(string name)
    {
        var options = Small with { Epochs = 3, Rotation = 0, VerticalFlip = 0 };
        options = name switch
        {
            "resnet50" => options with { Network = "deeplabv3_resnet50", Epochs = 2 },
            "lraspp" => options with { Network = "lraspp_mobilenet_v3_large" },
            "auxiliary" => options with { AuxiliaryHead = true },
            "ema" => options with { EmaDecay = 0.9 },
            "accumulate" => options with { AccumulateBatches = 2, ClipNorm = 1 },
            "frozen" => options with { FreezeBackboneEpochs = 2 },
            "bfloat16" => options with { Precision = "bfloat16" },
            "sgd" => options with { Optimizer = "sgd", Nesterov = true, LearningRate = 0.02, Schedule = "one_cycle", WarmupSteps = 2 },
            "oversampled" => options with { Sampling = "target_share", RareCrop = 0.5 },
            "focal-tversky" => options with { Loss = [new("focal_tversky"), new("focal", 0.5)] },
            "lovasz" => options with { Loss = [new("lovasz"), new("cross_entropy")] },
            "crops" => options with { RandomResizedCrop = 0.5, ScaleJitter = 0.5, ColorJitter = 1, Grayscale = 0.2, Blur = 0.3 },
            _ => options,
        };
        var train = await SyntheticSplit.BuildAsync(17, 32);
        var validation = await SyntheticSplit.BuildAsync(5, 32, seed: 2);
        IReadOnlyList<double>? weights = name == "weighted" ? [0.5, 2, 2] : null;

        var first = await RunAsync("a", options, train, validation, classWeights: weights);
        var second = await RunAsync("b", options, train, validation, classWeights: weights);

        Digest(second).ShouldBe(Digest(first));
        first.Epochs[^1].TrainLoss.ShouldBeLessThan(first.Epochs[0].TrainLoss);
        first.Epochs.ShouldAllBe(epoch => epoch.GradientNorm > 0);
    }

    [Fact]
    public async Task A_frozen_backbone_stays_as_it_is_with_its_statistics()
    {
        var train = await SyntheticSplit.BuildAsync(8, 32);
        var options = Small with { Epochs = 1, FreezeBackboneEpochs = 1 };
        var result = await RunAsync("frozen", options, train, train);

        using var fresh = Networks.SegmentationNetwork.Create(new Networks.NetworkOptions { Classes = 3 }, seed: 1);
        var before = new TrainedModel(fresh, new ModelDescription { Network = options.Network, Classes = SyntheticSplit.Classes, ImageSize = 32 }).ToFile().Tensors;
        var after = SafeTensorsFile.Read(File.ReadAllBytes(result.BestWeightsPath), "best").Tensors;

        foreach (var (key, tensor) in after.Where(pair => pair.Value.Type == StoredType.F32))
        {
            tensor.Data.Span.SequenceEqual(before[key].Data.Span).ShouldBe(key.StartsWith("backbone.", StringComparison.Ordinal), key);
        }
    }

    [Fact]
    public async Task A_run_ends_early_when_nothing_gets_better()
    {
        var train = await SyntheticSplit.BuildAsync(8, 32);

        var result = await RunAsync("early", Small with { Epochs = 30, LearningRate = 1e-9, EarlyStoppingEpochs = 2, Criterion = "val/pixel_accuracy" }, train, train);

        result.Epochs.Count.ShouldBe(result.BestEpoch + 2);
        result.Epochs.Count.ShouldBeLessThan(30);
    }

    [Fact]
    public async Task Initial_weights_are_what_the_run_begins_with_and_said()
    {
        var train = await SyntheticSplit.BuildAsync(8, 32);
        var first = await RunAsync("first", Small with { Epochs = 4 }, train, train);
        var tensors = WeightTransfer.Read(File.ReadAllBytes(first.BestWeightsPath), "first");
        var events = new List<TrainingEvent>();

        var second = await RunAsync("second", Small with { Epochs = 1, LearningRate = 1e-9 }, train, train, events, initial: new NamedWeights("first", tensors));

        events[0].ShouldBeOfType<TrainingNote>().Text.ShouldBe("initial weights of first: took backbone, classifier");
        second.Epochs[0].TrainLoss.ShouldBeLessThan(first.Epochs[0].TrainLoss * 0.9);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_loss_that_is_no_number_stops_the_run_naming_the_step_and_the_samples(double loss)
    {
        var failure = Should.Throw<TrainingDivergedException>(() => TrainingLoop.RequireFinite("loss", loss, epoch: 3, step: 7, ["s001", "s042"]));

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
        string name, TrainingOptions options, SampleCache train, SampleCache validation, List<TrainingEvent>? events = null,
        IReadOnlyList<double>? classWeights = null, NamedWeights? initial = null)
    {
        var loop = new TrainingLoop(options, SyntheticSplit.Classes, Folder(name), TimeProvider.System)
        {
            ClassWeights = classWeights,
            InitialWeights = initial,
            ShownSamples = [validation.Samples.Count - 1, 0, validation.Samples.Count / 2],
        };
        return loop.RunAsync(train, validation, new Listener(e => events?.Add(e)), TestContext.Current.CancellationToken);
    }

    private string Folder(string name) => Path.Combine(_folder.FullName, name);

    private static string Digest(TrainingResult result) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(result.BestWeightsPath)));

    private sealed class Listener(Action<TrainingEvent> hear) : IProgress<TrainingEvent>
    {
        public void Report(TrainingEvent value) => hear(value);
    }
}
