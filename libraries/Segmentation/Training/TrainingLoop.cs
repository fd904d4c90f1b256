using System.Diagnostics;
using Maskwright.Segmentation.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// Trains a network on a decoded split: cross-entropy, Adam, augmentation, validation over the whole validation split after
/// every epoch, and the best weights kept by validation mIoU.
/// </summary>
/// <remarks>
/// On the CPU a run is a function of its options, classes, samples and number of threads: the same gives the same weights to
/// the bit. Random draws of dropout come from libtorch's process-wide generator, so one process trains one run at a time.
/// </remarks>
public sealed class TrainingLoop
{
    // Weights drawn at random change quickly: statistics that follow a hundred steps behind would spoil validation for
    // epochs, so that runs from scratch use PyTorch's default instead of MobileNetV3's 0.01.
    private const double ScratchMomentum = 0.1;

    private readonly TrainingOptions _options;
    private readonly IReadOnlyList<string> _classes;
    private readonly string _outputDirectory;
    private readonly TimeProvider _time;
    private readonly ImageNormalization _normalization = ImageNormalization.ImageNet;

    /// <summary>Sets up a run.</summary>
    /// <param name="options">What to train with.</param>
    /// <param name="classes">Names of the classes by index; the first is the background.</param>
    /// <param name="outputDirectory">Where <c>best.safetensors</c> and <c>last.safetensors</c> are written; made when missing.</param>
    /// <param name="time">Measures durations.</param>
    /// <exception cref="TrainingException">An option cannot be used; the message names each.</exception>
    public TrainingLoop(TrainingOptions options, IReadOnlyList<string> classes, string outputDirectory, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(classes);
        if (options.Validate() is { Count: > 0 } errors)
        {
            throw new TrainingException(string.Join(' ', errors.Select(error => error.Message)));
        }

        _options = options;
        _classes = classes;
        _outputDirectory = outputDirectory;
        _time = time;
    }

    /// <summary>Trains on a thread of its own.</summary>
    /// <param name="train">The train split at <see cref="TrainingOptions.ImageSize"/>.</param>
    /// <param name="validation">The validation split at the same size.</param>
    /// <param name="progress">Told every event in order, on the training thread.</param>
    /// <param name="cancellationToken">Ends the run within one step; the weights written so far stay.</param>
    /// <exception cref="TrainingException">The splits cannot be trained on, or the loss is no longer a number.</exception>
    /// <exception cref="TorchUnavailableException">libtorch cannot be loaded, or the device is not there.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<TrainingResult> RunAsync(
        SampleCache train, SampleCache validation, IProgress<TrainingEvent> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(progress);
        Check(train, validation);

        // OpenMP keeps a team of threads for each thread that calls it, and dispose scopes belong to a thread: one thread does it all.
        return Task.Factory.StartNew(
            () => Run(train, validation, progress, cancellationToken),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    internal static void RequireFinite(double loss, int epoch, int step, IReadOnlyList<string> keys)
    {
        if (!double.IsFinite(loss))
        {
            throw new TrainingException(
                $"The loss became {loss} at epoch {epoch}, step {step}, samples {string.Join(", ", keys)}. Lower LearningRate or look at these samples; the weights written before stay.");
        }
    }

    private void Check(SampleCache train, SampleCache validation)
    {
        if (train.Samples.Count < _options.BatchSize)
        {
            throw new TrainingException(
                $"The train split has {train.Samples.Count} samples and BatchSize is {_options.BatchSize}; expected at least one whole batch. Lower BatchSize or add samples.");
        }

        if (validation.Samples.Count == 0)
        {
            throw new TrainingException("The validation split is empty: the best weights could not be chosen. Prepare the dataset with a larger validation share.");
        }

        foreach (var (split, cache) in new[] { ("train", train), ("validation", validation) })
        {
            if (cache.ImageSize != _options.ImageSize)
            {
                throw new TrainingException($"The {split} split was decoded at {cache.ImageSize} pixels and ImageSize is {_options.ImageSize}; expected the same.");
            }
        }
    }

    private TrainingResult Run(SampleCache train, SampleCache validation, IProgress<TrainingEvent> progress, CancellationToken cancellationToken)
    {
        var device = TorchRuntime.SelectDevice(_options.Device);
        Directory.CreateDirectory(_outputDirectory);
        using var scope = NewDisposeScope();
        random.manual_seed(unchecked((long)_options.Seed));
        var description = new ModelDescription
        {
            Network = _options.Network,
            Classes = _classes,
            ImageSize = _options.ImageSize,
            Normalization = _normalization,
        };
        using var model = new TrainedModel(
            SegmentationNetwork.Create(description.ToNetworkOptions() with { BackboneMomentum = ScratchMomentum }, unchecked((long)_options.Seed)), description);
        model.Network.to(device);
        using var optimizer = optim.Adam(model.Network.parameters(), _options.LearningRate);
        progress.Report(new TrainingStarted
        {
            TrainSamples = train.Samples.Count,
            ValidationSamples = validation.Samples.Count,
            StepsPerEpoch = BatchPlan.ForTraining(new int[train.Samples.Count], _options.BatchSize).Count,
            Parameters = model.Network.parameters().Sum(p => p.numel()),
            Device = device.ToString(),
            Threads = get_num_threads(),
        });

        var weights = new WeightFiles(_outputDirectory);
        var reports = new List<EpochReport>();
        for (var epoch = 1; epoch <= _options.Epochs; epoch++)
        {
            var trained = TrainEpoch(epoch, model.Network, optimizer, train, device, progress, cancellationToken);
            var started = _time.GetTimestamp();
            var validated = Evaluation.Run(model, validation, _options.BatchSize, cancellationToken);
            var metrics = validated.Matrix.ToMetrics();
            var best = weights.Keep(model, epoch, metrics.MeanIoU);
            var report = trained.ToReport(epoch, optimizer.ParamGroups.First().LearningRate) with
            {
                ValidationLoss = validated.Loss,
                Validation = metrics,
                ValidationSeconds = _time.GetElapsedTime(started).TotalSeconds,
                PeakMemoryBytes = PeakMemory(),
                IsBest = best,
            };
            reports.Add(report);
            progress.Report(new EpochCompleted
            {
                Report = report,
                LastWeightsPath = weights.LastPath,
                BestWeightsPath = best ? weights.BestPath : null,
            });
        }

        return new TrainingResult(reports, weights.BestEpoch, weights.BestPath);
    }

    private EpochTotals TrainEpoch(
        int epoch, SegmentationNetwork network, optim.Optimizer optimizer, SampleCache train, Device device,
        IProgress<TrainingEvent> progress, CancellationToken cancellationToken)
    {
        network.train();
        var plan = BatchPlan.ForTraining(SampleRandom.Order(_options.Seed, epoch, train.Samples.Count), _options.BatchSize);
        var augmentation = new Augmentation(_options, _normalization.MeanColour);
        using var queue = new BatchQueue(plan.Count, number => Prepare(epoch, plan[number], train, augmentation), cancellationToken);
        var totals = new EpochTotals(_classes.Count);
        var started = _time.GetTimestamp();
        for (var step = 1; step <= plan.Count; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var waiting = _time.GetTimestamp();
            using var batch = queue.Take();
            totals.DataWait += _time.GetElapsedTime(waiting);
            SetLearningRate(optimizer, ((epoch - 1L) * plan.Count) + step - 1, (long)_options.Epochs * plan.Count);
            var loss = Step(network, optimizer, batch, device, totals.Matrix);
            RequireFinite(loss, epoch, step, batch.Keys);
            totals.Count(loss, batch.Count, _time.GetElapsedTime(started));
            progress.Report(new StepCompleted
            {
                Epoch = epoch,
                Step = step,
                StepsPerEpoch = plan.Count,
                Loss = loss,
                ImagesPerSecond = totals.ImagesPerSecond,
            });
        }

        return totals;
    }

    private void SetLearningRate(optim.Optimizer optimizer, long step, long steps)
    {
        var rate = _options.LearningRate * LearningRateSchedule.Factor(_options.Schedule, step, steps);
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = rate;
        }
    }

    private static double Step(SegmentationNetwork network, optim.Optimizer optimizer, Batch batch, Device device, ConfusionMatrix matrix)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var output = network.forward(batch.ToImages(device));
        var loss = SegmentationLoss.Compute(output, batch.ToTarget(device), auxiliaryWeight: 0.5);
        loss.backward();
        optimizer.step();
        matrix.Add(batch.Masks, ScoreMap.HighestOf(output.Output));
        return loss.item<float>();
    }

    private Batch Prepare(int epoch, ArraySegment<int> indices, SampleCache train, Augmentation augmentation)
    {
        var batch = new Batch([.. indices.Select(index => train.Samples[index].Key)], train.ImageSize);
        var pixels = new byte[train.ImageSize * train.ImageSize * 3];
        for (var i = 0; i < indices.Count; i++)
        {
            augmentation.Apply(train.Samples[indices[i]], new SampleRandom(_options.Seed, epoch, indices[i]), pixels, batch.Mask(i));
            _normalization.Apply(pixels, batch.Image(i));
        }

        return batch;
    }

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
