using System.Diagnostics;
using Maskwright.Segmentation.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// Trains a network on a decoded split as options say, with validation over the whole validation split, in order and
/// unchanged, after every epoch; the best weights are kept by the options' criterion.
/// </summary>
/// <remarks>
/// On the CPU a run is a function of its options, classes, samples and number of threads: the same gives the same weights to
/// the bit, also when it was interrupted after any step and went on from a <see cref="TrainingSnapshot"/>. Random draws of
/// dropout come from libtorch's process-wide generator, so one process trains one run at a time.
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

    /// <summary>Sets up a run.</summary>
    /// <param name="options">What to train with.</param>
    /// <param name="classes">Names of the classes by index; the first is the background.</param>
    /// <param name="outputDirectory">Where <c>best.safetensors</c> is written; made when missing.</param>
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

    /// <summary>Weight of each class in the loss, by index; null for equal ones.</summary>
    public IReadOnlyList<double>? ClassWeights { get; init; }

    /// <summary>Where the weights begin; null to draw them from the seed.</summary>
    public NamedWeights? InitialWeights { get; init; }

    /// <summary>Samples of the validation split, by index, whose predictions every epoch tells.</summary>
    public IReadOnlyList<int> ShownSamples { get; init; } = [];

    /// <summary>What to go on from; null to begin.</summary>
    public TrainingCheckpoint? Resume { get; init; }

    /// <summary>
    /// Called between any two steps, after each epoch, and last when the run is done or cancelled, on the training thread, which
    /// goes on when it returns; null when nobody keeps checkpoints.
    /// </summary>
    public Action<SnapshotMoment, TrainingSnapshot>? BetweenSteps { get; init; }

    /// <summary>
    /// Runs what writes the best weights to disk, on the training thread; it may run it again after an <see cref="IOException"/>,
    /// for instance when a full disk has room once more. Runs it once unless set.
    /// </summary>
    public Action<Action> WritingBest { get; init; } = write => write();

    /// <summary>Trains on a thread of its own.</summary>
    /// <param name="train">The train split at <see cref="TrainingOptions.ImageSize"/>.</param>
    /// <param name="validation">The validation split at the same size.</param>
    /// <param name="progress">Told every event in order, on the training thread.</param>
    /// <param name="cancellationToken">Ends the run within one step; the weights written so far stay.</param>
    /// <exception cref="TrainingException">The splits cannot be trained on.</exception>
    /// <exception cref="TrainingDivergedException">The loss or the gradients are no longer finite numbers.</exception>
    /// <exception cref="WeightsFormatException">The checkpoint is not one of this run.</exception>
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

    internal static void RequireFinite(string what, double value, int epoch, int step, IReadOnlyList<string> keys)
    {
        if (!double.IsFinite(value))
        {
            throw new TrainingDivergedException(
                $"The {what} became {value} at epoch {epoch}, step {step}, samples {string.Join(", ", keys)}. Lower learning_rate, shorten gradients by clip_norm, or look at these samples.");
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
        var device = SelectDevice();
        Directory.CreateDirectory(_outputDirectory);
        using var scope = NewDisposeScope();
        using var model = CreateModel(progress);
        model.Network.to(device);
        using var step = new TrainingStep(_options, model.Network, ClassWeights, device);
        var batches = new TrainingBatches(_options, train, _classes.Count, model.Description.Normalization);
        var position = new TrainingPosition(_classes.Count, batches.PerEpoch, new BestWeights(_outputDirectory, WritingBest));
        if (Resume is { } checkpoint)
        {
            Restore(checkpoint, model, step, position);
        }

        progress.Report(new TrainingStarted
        {
            TrainSamples = train.Samples.Count,
            ValidationSamples = validation.Samples.Count,
            StepsPerEpoch = batches.PerEpoch,
            Parameters = model.Network.parameters().Sum(p => p.numel()),
            Device = device.ToString(),
            Threads = get_num_threads(),
        });

        var snapshot = new TrainingSnapshot(model, step, position);
        try
        {
            while (position.Epoch <= _options.Epochs && !StopsEarly(position))
            {
                TrainEpoch(position, step, batches, snapshot, progress, cancellationToken);
                var completed = Validate(position, step, model, validation, cancellationToken);
                position.EndEpoch(completed.Report);
                progress.Report(completed);
                BetweenSteps?.Invoke(SnapshotMoment.Epoch, snapshot);
                FreeMemory.Return();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            BetweenSteps?.Invoke(SnapshotMoment.Last, snapshot);
            throw;
        }

        BetweenSteps?.Invoke(SnapshotMoment.Last, snapshot);

        return new TrainingResult(position.Reports, position.Best.Epoch, position.Best.Path);
    }

    private static void Restore(TrainingCheckpoint checkpoint, TrainedModel model, TrainingStep step, TrainingPosition position)
    {
        position.Restore(checkpoint);
        model.Restore(SafeTensorsFile.Read(File.ReadAllBytes(checkpoint.WeightsPath), "the checkpoint's weights"), "the checkpoint's weights");
        var tensors = SafeTensorsFile.Read(File.ReadAllBytes(checkpoint.TensorsPath), "the checkpoint's training state");
        step.Restore(checkpoint.State, new StoredState(tensors, "the checkpoint's training state"));
    }

    private Device SelectDevice()
    {
        var device = TorchRuntime.SelectDevice(_options.Device);
        if (device.type == DeviceType.CUDA)
        {
            CudaSettings.Apply();
        }

        return _options.Precision != ComputePrecision.Float16 || device.type == DeviceType.CUDA
            ? device
            : throw new TrainingException($"Precision is float16 and the device {device}; expected a CUDA device. Take bfloat16 or float32 on the CPU.");
    }

    private TrainedModel CreateModel(IProgress<TrainingEvent> progress)
    {
        var description = new ModelDescription
        {
            Network = _options.Network,
            Classes = _classes,
            ImageSize = _options.ImageSize,
            AuxiliaryHead = _options.AuxiliaryHead,
        };
        var network = SegmentationNetwork.Create(
            description.ToNetworkOptions() with { BackboneMomentum = InitialWeights is null && _options.InitialWeights is null ? ScratchMomentum : null },
            unchecked((long)_options.Seed));
        var model = new TrainedModel(network, description);
        if (InitialWeights is { } initial)
        {
            try
            {
                progress.Report(new TrainingNote(WeightTransfer.Apply(network, initial.Tensors, initial.Name)));
            }
            catch
            {
                model.Dispose();
                throw;
            }
        }

        return model;
    }

    private bool StopsEarly(TrainingPosition position) =>
        _options.EarlyStoppingEpochs > 0 && position.Reports.Count - position.Best.Epoch >= _options.EarlyStoppingEpochs;

    private EpochCompleted Validate(
        TrainingPosition position, TrainingStep step, TrainedModel model, SampleCache validation, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        step.Average?.Exchange();
        try
        {
            var validated = Evaluation.Run(model, validation, _options.BatchSize, cancellationToken, ShownSamples);
            RequireFinite("validation loss", validated.Loss, position.Epoch, position.Batches, ["of the validation split"]);
            var metrics = validated.Matrix.ToMetrics();
            var report = position.Totals.ToReport(position.Epoch) with
            {
                ValidationLoss = validated.Loss,
                Validation = metrics,
                ValidationSeconds = _time.GetElapsedTime(started).TotalSeconds,
                PeakMemoryBytes = PeakMemory(),
                IsBest = position.Best.Keep(model, position.Epoch, SelectionCriterion.Score(_options.Criterion, metrics, validated.Loss)),
            };
            return new EpochCompleted
            {
                Report = report,
                Confusion = validated.Matrix,
                ShownPredictions = validated.Shown,
                BestWeightsPath = report.IsBest ? position.Best.Path : null,
            };
        }
        finally
        {
            step.Average?.Exchange();
        }
    }

    private void TrainEpoch(
        TrainingPosition position, TrainingStep step, TrainingBatches batches, TrainingSnapshot snapshot, IProgress<TrainingEvent> progress, CancellationToken cancellationToken)
    {
        var (epoch, totals) = (position.Epoch, position.Totals);
        step.BeginEpoch(epoch);
        using var queue = batches.Begin(epoch, position.Batches, cancellationToken);
        var started = _time.GetTimestamp();
        var group = _options.AccumulateBatches;
        var stepsPerEpoch = (batches.PerEpoch + group - 1) / group;
        while (position.Batches < batches.PerEpoch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var number = position.Batches;
            var begun = _time.GetTimestamp();
            using var batch = queue.Take();
            var waited = _time.GetElapsedTime(begun);
            totals.DataWait += waited;
            var steps = ((epoch - 1L) * stepsPerEpoch) + (number / group);
            totals.LearningRate = _options.LearningRate * LearningRateSchedule.Factor(_options, steps, stepsPerEpoch);

            // The last step of an epoch may have fewer batches.
            var share = 1.0 / Math.Min(group, batches.PerEpoch - (number / group * group));
            var isLast = (number + 1) % group == 0 || number + 1 == batches.PerEpoch;
            random.manual_seed(SampleRandom.SeedOfBatch(_options.Seed, epoch, number));
            var outcome = step.Learn(batch, share, isLast ? totals.LearningRate : null);
            RequireFinite("loss", outcome.Loss, epoch, number + 1, batch.Keys);
            RequireFinite("gradient's norm", outcome.GradientNorm ?? 0, epoch, number + 1, batch.Keys);
            totals.Matrix.Add(batch.Masks, outcome.Prediction);
            totals.Count(outcome, batch.Count, _time.GetElapsedTime(started));
            position.EndBatch();
            progress.Report(new StepCompleted
            {
                Epoch = epoch,
                Step = number + 1,
                StepsPerEpoch = batches.PerEpoch,
                Loss = outcome.Loss,
                LossParts = outcome.Parts,
                LearningRate = totals.LearningRate,
                GradientNorm = outcome.GradientNorm,
                Images = batch.Count,
                Seconds = _time.GetElapsedTime(begun).TotalSeconds,
                DataWaitSeconds = waited.TotalSeconds,
            });
            BetweenSteps?.Invoke(SnapshotMoment.Step, snapshot);
        }

        step.EndEpoch();
    }

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
