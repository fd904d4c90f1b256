using System.Globalization;
using System.Text.Json;
using Maskwright.Artifacts;
using Maskwright.Segmentation;

namespace Maskwright.Trainer;

/// <summary>The checkpoints of one run in storage: the last two, and the best weights they name.</summary>
/// <param name="storage">Where they are.</param>
/// <param name="order">The run.</param>
/// <param name="datasetDigest">Digest of its dataset's content.</param>
/// <param name="time">The clock.</param>
internal sealed class CheckpointStore(ObjectStorage storage, WorkerOrder order, string datasetDigest, TimeProvider time)
{
    private const int Kept = 2;
    private const string WeightsType = "application/octet-stream";
    private const string JsonType = "application/json";

    private readonly string _prefix = RunKeys.Checkpoints(order.Run);

    // Replaced as a whole: the training thread reads it while an upload ends.
    private volatile IReadOnlyList<CheckpointManifest> _last = [];

    /// <summary>The last checkpoints, the newest last.</summary>
    public IReadOnlyList<CheckpointManifest> Last => _last;

    /// <summary>Stores a checkpoint, and then removes those it makes needless.</summary>
    /// <param name="local">The checkpoint.</param>
    /// <param name="initialWeightsSha256">SHA-256 of the run's initial weights; null when they were drawn.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StorageException">Storage fails; what was there is still there.</exception>
    public async Task<CheckpointManifest> PutAsync(LocalCheckpoint local, string? initialWeightsSha256, CancellationToken cancellationToken)
    {
        var manifest = new CheckpointManifest
        {
            Run = order.Run,
            ProgramVersion = order.ProgramVersion,
            CreatedAt = time.GetUtcNow(),
            DatasetDigest = datasetDigest,
            InitialWeightsSha256 = initialWeightsSha256,
            Device = local.Device,
            Threads = local.Threads,
            Step = local.Step,
            State = local.State,
            Weights = await PutFileAsync(local, LocalCheckpoint.WeightsFile, WeightsType, cancellationToken),
            Training = await PutFileAsync(local, LocalCheckpoint.TrainingFile, WeightsType, cancellationToken),
            Epochs = await PutFileAsync(local, LocalCheckpoint.EpochsFile, JsonType, cancellationToken),
            Best = await PutBestAsync(local, cancellationToken),
        };
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(manifest, RunJson.Default.CheckpointManifest);
        await storage.PutAsync(RunKeys.Checkpoint(order.Run, local.Step), json, JsonType, cancellationToken);
        _last = [.. _last.Where(other => other.Step != local.Step).Append(manifest).TakeLast(Kept)];
        await RemoveAsync(isNeedless: key => StepOf(key) is { } step ? step < _last[0].Step : IsOldBest(key), cancellationToken);
        return manifest;
    }

    /// <summary>Fetches the last checkpoint that is whole; null when there is none.</summary>
    /// <param name="folder">Where its files go.</param>
    /// <param name="say">Told of every checkpoint that is passed over.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TrainingException">It was made on another dataset.</exception>
    public async Task<(CheckpointManifest Manifest, TrainingCheckpoint Checkpoint)?> FetchLastAsync(string folder, Action<string> say, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var manifests = new ManifestStore(storage);
        foreach (string key in await ManifestKeysAsync(cancellationToken))
        {
            try
            {
                var manifest = await manifests.ReadAsync(key, RunJson.Default.CheckpointManifest, CheckpointManifest.CurrentVersion, cancellationToken);
                RequireSameDataset(manifest, key);
                var checkpoint = await FetchAsync(manifest, folder, cancellationToken);
                _last = [manifest];
                // What is newer is damaged, or was passed over by a run that had to go back once before.
                await RemoveAsync(other => StepOf(other) > manifest.Step, cancellationToken);
                return (manifest, checkpoint);
            }
            catch (Exception exception) when (exception is ArtifactException or JsonException or StorageException { Kind: StorageFailure.NotFound })
            {
                say($"{key} cannot be used and is passed over: {exception.Message}");
            }
        }

        return null;
    }

    /// <summary>Removes what only a run that goes on needs, once its manifest is committed.</summary>
    /// <param name="named">Keys that the manifest names.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task RemoveAllButAsync(IReadOnlyCollection<string> named, CancellationToken cancellationToken) =>
        RemoveAsync(key => !named.Contains(key), cancellationToken);

    private async Task<TrainingCheckpoint> FetchAsync(CheckpointManifest manifest, string folder, CancellationToken cancellationToken)
    {
        string weights = Path.Combine(folder, LocalCheckpoint.WeightsFile);
        string training = Path.Combine(folder, LocalCheckpoint.TrainingFile);
        string? best = manifest.Best is null ? null : Path.Combine(folder, LocalCheckpoint.BestFile);
        await storage.DownloadArtifactAsync(manifest.Weights, weights, cancellationToken);
        await storage.DownloadArtifactAsync(manifest.Training, training, cancellationToken);
        if (manifest.Best is not null)
            await storage.DownloadArtifactAsync(manifest.Best, best!, cancellationToken);
        byte[] epochs = await storage.GetArtifactAsync(manifest.Epochs, cancellationToken);
        return new TrainingCheckpoint
        {
            State = manifest.State,
            Epochs = JsonSerializer.Deserialize(epochs, RunJson.Default.IReadOnlyListEpochReport) ?? throw new ArtifactException(manifest.Epochs.Key, "it holds null."),
            WeightsPath = weights,
            TensorsPath = training,
            BestWeightsPath = best,
        };
    }

    private void RequireSameDataset(CheckpointManifest manifest, string key)
    {
        if (!string.Equals(manifest.DatasetDigest, datasetDigest, StringComparison.OrdinalIgnoreCase))
        {
            throw new TrainingException(
                $"{key} was made on a dataset of digest {manifest.DatasetDigest}, and the dataset of that name has {datasetDigest} now: it was replaced. Create a new run.");
        }
    }

    private async Task<IReadOnlyList<string>> ManifestKeysAsync(CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        await foreach (var entry in storage.ListAsync(_prefix, cancellationToken))
        {
            if (StepOf(entry.Key) is { } step && entry.Key == RunKeys.Checkpoint(order.Run, step))
                keys.Add(entry.Key);
        }

        keys.Reverse();
        return keys;
    }

    private async Task RemoveAsync(Func<string, bool> isNeedless, CancellationToken cancellationToken)
    {
        var needless = new List<string>();
        await foreach (var entry in storage.ListAsync(_prefix, cancellationToken))
        {
            if (isNeedless(entry.Key))
                needless.Add(entry.Key);
        }

        if (needless.Count > 0)
            await storage.DeleteAsync(needless, cancellationToken);
    }

    private bool IsOldBest(string key) =>
        _last is [{ Best: { } oldest }, ..] && string.CompareOrdinal(key, oldest.Key) < 0 && !_last.Any(manifest => manifest.Best?.Key == key);

    private long? StepOf(string key) =>
        key[_prefix.Length..].Split('/') is [var folder, _] && long.TryParse(folder, NumberStyles.None, CultureInfo.InvariantCulture, out long step) ? step : null;

    private Task<ArtifactEntry> PutFileAsync(LocalCheckpoint local, string file, string type, CancellationToken cancellationToken) =>
        storage.PutFileAsync(RunKeys.CheckpointFile(order.Run, local.Step, file), local.PathOf(file), type, cancellationToken);

    // The best of an earlier checkpoint is there already.
    private async Task<ArtifactEntry?> PutBestAsync(LocalCheckpoint local, CancellationToken cancellationToken)
    {
        if (local.State.BestEpoch == 0)
            return null;
        string key = RunKeys.BestSoFar(order.Run, local.State.BestEpoch);
        return _last.Select(manifest => manifest.Best).FirstOrDefault(best => best?.Key == key)
            ?? await storage.PutFileAsync(key, local.PathOf(LocalCheckpoint.BestFile), WeightsType, cancellationToken);
    }
}
