using System.Diagnostics;
using System.Text.Json;
using Maskwright.Artifacts;
using Maskwright.Datasets;
using Maskwright.Segmentation;

namespace Maskwright.Trainer;

/// <summary>One run from its dataset to its committed manifest, inside the worker.</summary>
internal sealed class RunTraining(ObjectStorage storage, EventWriter events, TimeProvider time, ILoggerFactory logging)
{
    private const string WeightsType = "application/octet-stream";

    // The service thins progress out for those who watch; this only spares the pipe.
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(100);

    private static readonly ActivitySource Activities = new("Maskwright.Trainer");

    public async Task<WorkerSucceeded> RunAsync(WorkerOrder order, CancellationToken cancellationToken)
    {
        var dataset = await DatasetReader.OpenAsync(storage, order.Dataset, cancellationToken);
        var train = await LoadAsync(dataset, "train", order.Options.ImageSize, cancellationToken);
        var validation = await LoadAsync(dataset, "val", order.Options.ImageSize, cancellationToken);

        using var spool = new SpoolWriter(order.SpoolDirectory, order.Run, time, logging.CreateLogger<SpoolWriter>());
        var reporter = new RunReporter(spool, dataset.Manifest.Classes, order.Options.Criterion, time);
        string folder = Directory.CreateTempSubdirectory("maskwright-run-").FullName;
        try
        {
            var statistics = await dataset.ReadStatisticsAsync(cancellationToken);
            var (initial, initialDigest) = order.Options.InitialWeights is { } source
                ? await new InitialWeightsFile(storage).ReadAsync(source, dataset.Manifest.Classes, cancellationToken)
                : ((NamedWeights?)null, (string?)null);
            var shown = ShownSamples.Choose(validation, dataset.Manifest.Classes.Count);
            var images = new ShownImages(
                storage, order.Run, [.. shown.Select(index => validation.Samples[index])], order.Options.Epochs, reporter, logging.CreateLogger<ShownImages>(), cancellationToken);
            var loop = new TrainingLoop(order.Options, dataset.Manifest.Classes, folder, time)
            {
                ClassWeights = ClassWeights.Resolve(order.Options, statistics),
                InitialWeights = initial,
                ShownSamples = shown,
            };
            var uploads = new CheckpointUploads(storage, order.Run, reporter, cancellationToken);
            var result = await loop.RunAsync(train, validation, new Progress(events, time, uploads, reporter, images), cancellationToken);
            return await CommitAsync(order, dataset.Manifest, initialDigest, result, uploads, images, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<SampleCache> LoadAsync(DatasetReader dataset, string split, int imageSize, CancellationToken cancellationToken)
    {
        using var activity = Activities.StartActivity("load " + split);
        int total = dataset.Manifest.Splits[split].Samples;
        var progress = new Relay<int>(done => events.Write(new WorkerProgress("load " + split, done, total, "images")));
        return await SampleCache.BuildAsync(dataset.ReadSplitAsync(split, cancellationToken), imageSize, dataset.Manifest.Classes.Count, progress, cancellationToken);
    }

    private async Task<WorkerSucceeded> CommitAsync(
        WorkerOrder order, DatasetManifest dataset, string? initialDigest, TrainingResult result, CheckpointUploads uploads, ShownImages images, CancellationToken cancellationToken)
    {
        using var activity = Activities.StartActivity("commit");
        events.Write(new WorkerProgress("upload", 0, 1, "models"));
        var model = await storage.PutFileAsync(RunKeys.Best(order.Run), result.BestWeightsPath, WeightsType, cancellationToken);
        var last = await uploads.CompleteAsync();
        byte[] epochs = JsonSerializer.SerializeToUtf8Bytes(result.Epochs, RunJson.Default.IReadOnlyListEpochReport);
        var history = await storage.PutAsync(RunKeys.History(order.Run), epochs, "application/json", cancellationToken);
        var manifests = new ManifestStore(storage);
        var manifest = new RunManifest
        {
            Id = order.Run,
            ProgramVersion = order.ProgramVersion,
            CreatedAt = time.GetUtcNow(),
            Dataset = order.Dataset,
            DatasetDigest = dataset.Digest,
            Inputs = [await manifests.LinkAsync(DatasetKeys.Manifest(order.Dataset), cancellationToken)],
            Classes = dataset.Classes,
            Options = order.Options,
            InitialWeights = order.Options.InitialWeights?.Source() ?? "random",
            InitialWeightsSha256 = initialDigest,
            Criterion = order.Options.Criterion,
            BestEpoch = result.BestEpoch,
            Model = model,
            LastCheckpoint = last,
            History = history,
            Shown = await images.CompleteAsync(cancellationToken),
        };
        await manifests.CommitAsync(RunKeys.Manifest(order.Run), manifest, RunJson.Default.RunManifest, cancellationToken);
        return new WorkerSucceeded(model.Sha256, result.BestEpoch, result.Epochs.Max(epoch => epoch.PeakMemoryBytes));
    }

    private sealed class Relay<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }

    /// <summary>The loop's events on their way out.</summary>
    private sealed class Progress(EventWriter events, TimeProvider time, CheckpointUploads uploads, RunReporter reporter, ShownImages images) : IProgress<TrainingEvent>
    {
        private readonly EpochSpans _epochs = new(time);
        private long _lastProgress;

        public void Report(TrainingEvent value)
        {
            reporter.Report(value);
            switch (value)
            {
                case TrainingStarted started:
                    events.Write(new WorkerMessage(
                        $"training {started.Parameters:N0} parameters on {started.Device} with {started.Threads} threads: "
                        + $"{started.TrainSamples} images, {started.StepsPerEpoch} steps an epoch, {started.ValidationSamples} images for validation"));
                    break;
                case TrainingNote note:
                    events.Write(new WorkerMessage(note.Text));
                    break;
                case StepCompleted step when step.Step == step.StepsPerEpoch || time.GetElapsedTime(_lastProgress) >= ProgressEvery:
                    _lastProgress = time.GetTimestamp();
                    events.Write(new WorkerProgress($"train epoch {step.Epoch}", step.Step, step.StepsPerEpoch, "steps"));
                    break;
                case EpochCompleted completed:
                    _epochs.Add(completed.Report);
                    uploads.Add(completed.Report.Number, completed.LastWeightsPath);
                    images.Add(completed.Report.Number, completed.ShownPredictions);
                    events.Write(new WorkerEpoch(completed.Report));
                    break;
            }
        }
    }
}
