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

    private static readonly ActivitySource Activities = new("Maskwright.Trainer");

    public async Task<WorkerSucceeded> RunAsync(WorkerOrder order, CancellationToken cancellationToken)
    {
        var dataset = await DatasetReader.OpenAsync(storage, order.Dataset, cancellationToken);
        var limits = new SampleCacheLimits { MemoryBytes = order.CacheMemoryBytes, FileBytes = order.CacheFileBytes };
        using var train = await LoadAsync(dataset, "train", order.Options.ImageSize, limits, cancellationToken);
        using var validation = await LoadAsync(dataset, "val", order.Options.ImageSize, limits.Beside(train), cancellationToken);

        using var spool = new SpoolWriter(order.SpoolDirectory, order.Run, time, logging.CreateLogger<SpoolWriter>());
        var reporter = new RunReporter(spool, dataset.Manifest.Classes, order.Options.Criterion, time);
        Action<string> tell = text =>
        {
            events.Write(new WorkerMessage(text));
            reporter.Say(text);
        };
        if (train.Undecoded + validation.Undecoded is > 0 and var undecoded)
        {
            tell($"{undecoded} of {train.Samples.Count + validation.Samples.Count} samples are beyond the decoded cache and are decoded at each use: raise Trainer__CacheFileBytes where there is room");
        }

        string folder = Directory.CreateTempSubdirectory("maskwright-run-").FullName;
        try
        {
            var store = new CheckpointStore(storage, order, dataset.Manifest.Digest, time);
            var resumed = await ResumeAsync(store, Path.Combine(folder, "resume"), tell, cancellationToken);
            var (initial, initialDigest) = resumed is null && order.Options.InitialWeights is { } source
                ? await new InitialWeightsFile(storage).ReadAsync(source, dataset.Manifest.Classes, cancellationToken)
                : ((NamedWeights?)null, resumed?.Manifest.InitialWeightsSha256);
            var shown = ShownSamples.Choose(validation, dataset.Manifest.Classes.Count);
            var images = new ShownImages(
                storage, order.Run, [.. shown.Select(index => validation.Samples[index])], order.Options.Epochs, reporter, logging.CreateLogger<ShownImages>(), cancellationToken);
            using var checkpoints = new RunCheckpoints(store, order, initialDigest, folder, events, reporter, time, cancellationToken);
            var loop = new TrainingLoop(order.Options, dataset.Manifest.Classes, folder, time)
            {
                ClassWeights = ClassWeights.Resolve(order.Options, await dataset.ReadStatisticsAsync(cancellationToken)),
                InitialWeights = initial,
                ShownSamples = shown,
                Resume = resumed?.Checkpoint,
                BetweenSteps = checkpoints.Between,
                WritingBest = checkpoints.WriteBest,
            };
            var progress = new RunProgress(events, reporter, images, tell, resumed?.Manifest, time);
            var result = await TrainAsync(loop.RunAsync(train, validation, progress, cancellationToken), checkpoints);
            return await CommitAsync(order, dataset.Manifest, initialDigest, result, store, await checkpoints.CompleteAsync(), images, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<(CheckpointManifest Manifest, TrainingCheckpoint Checkpoint)?> ResumeAsync(
        CheckpointStore store, string folder, Action<string> tell, CancellationToken cancellationToken)
    {
        using var activity = Activities.StartActivity("resume");
        var resumed = await store.FetchLastAsync(folder, tell, cancellationToken);
        events.Write(new WorkerResumed(resumed is { Manifest: var manifest } ? WorkerCheckpoint.Of(manifest) : null, resumed?.Checkpoint.Epochs ?? []));
        return resumed;
    }

    // However training ends, what it handed over before is stored first; should that fail, that is what there is to tell.
    private static async Task<TrainingResult> TrainAsync(Task<TrainingResult> training, RunCheckpoints checkpoints)
    {
        try
        {
            return await training;
        }
        catch (Exception failure)
        {
            var kept = await checkpoints.CompleteAsync();
            if (failure is not TrainingDivergedException)
                throw;
            string last = kept is [.., var good]
                ? $"The last good checkpoint is that of step {good.Step} in epoch {good.State.Epoch}: {good.Weights.Key}."
                : "There is no checkpoint before it.";
            throw new TrainingDivergedException($"{failure.Message} {last}");
        }
    }

    private async Task<SampleCache> LoadAsync(DatasetReader dataset, string split, int imageSize, SampleCacheLimits limits, CancellationToken cancellationToken)
    {
        using var activity = Activities.StartActivity("load " + split);
        int total = dataset.Manifest.Splits[split].Samples;
        var progress = new Relay<int>(done => events.Write(new WorkerProgress("load " + split, done, total, "images")));
        return await SampleCache.BuildAsync(dataset.ReadSplitAsync(split, cancellationToken), imageSize, dataset.Manifest.Classes.Count, progress, cancellationToken, limits);
    }

    private async Task<WorkerSucceeded> CommitAsync(
        WorkerOrder order, DatasetManifest dataset, string? initialDigest, TrainingResult result, CheckpointStore store, IReadOnlyList<CheckpointManifest> checkpoints,
        ShownImages images, CancellationToken cancellationToken)
    {
        using var activity = Activities.StartActivity("commit");
        events.Write(new WorkerProgress("upload", 0, 1, "models"));
        var model = await storage.PutFileAsync(RunKeys.Best(order.Run), result.BestWeightsPath, WeightsType, cancellationToken);
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
            LastCheckpoint = checkpoints[^1].Weights,
            EarlierCheckpoint = checkpoints.Count > 1 ? checkpoints[^2].Weights : null,
            History = history,
            Shown = await images.CompleteAsync(cancellationToken),
        };
        await manifests.CommitAsync(RunKeys.Manifest(order.Run), manifest, RunJson.Default.RunManifest, cancellationToken);
        try
        {
            await store.RemoveAllButAsync([.. checkpoints.Select(checkpoint => checkpoint.Weights.Key)], cancellationToken);
        }
        catch (StorageException exception)
        {
            // The run stands; no manifest names what is left, and the sweep takes it.
            events.Write(new WorkerMessage($"what only resuming needs could not be removed: {exception.Message}"));
        }

        return new WorkerSucceeded(model.Sha256, result.BestEpoch, result.Epochs.Max(epoch => epoch.PeakMemoryBytes));
    }

    private sealed class Relay<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
