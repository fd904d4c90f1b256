using Maskwright.Artifacts;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>Rasterises the images split by split, and writes their shards, the statistics and the pictures of these.</summary>
internal sealed class DatasetWriter(
    ObjectStorage storage,
    ImageSource source,
    string datasetId,
    PreparationOptions options,
    BadInput bad,
    int degreeOfParallelism,
    ICollection<string> uploaded,
    IProgress<PreparationProgress>? progress)
{
    public async Task<WrittenDataset> WriteAsync(IReadOnlyList<ScannedImage> images, string?[] splitOf, CancellationToken cancellationToken)
    {
        var done = 0;
        var taken = images.Zip(splitOf).Where(pair => pair.Second is not null).ToLookup(pair => pair.Second!, pair => pair.First, StringComparer.Ordinal);
        var total = taken.Sum(split => split.Count());
        progress?.Report(new PreparationProgress(PreparationStage.Rasterise, done, total, "images"));
        var onSheet = ContactChoice.Of([.. taken.SelectMany(split => split)], options.Seed);
        var tallies = new Dictionary<string, SplitTally>(StringComparer.Ordinal);
        // One shard grows while another is completed.
        using var places = new SemaphoreSlim(2);
        var shards = new Dictionary<string, ShardSetWriter>(StringComparer.Ordinal);
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Beside the shards: drawn after them, it would be all that there is to wait for.
        var sheet = Task.Run(() => DrawSheetAsync(onSheet, abandoned.Token), CancellationToken.None);
        try
        {
            foreach (var split in SplitAssignment.Names)
            {
                shards[split] = new ShardSetWriter(storage, $"{DatasetKeys.Prefix(datasetId)}{split}/", options.ShardTargetBytes, uploaded, places);
                var tally = tallies[split] = new SplitTally(source.Classes);
                await WriteSplitAsync(shards[split], [.. taken[split]], sample =>
                {
                    tally.Add(sample);
                    progress?.Report(new PreparationProgress(PreparationStage.Rasterise, ++done, total, "images"));
                }, cancellationToken);
            }

            // While the last shards are stored.
            var (statistics, pictures) = await WriteStatisticsAsync(tallies, [.. onSheet.Select(image => image.Source.Key)], sheet, cancellationToken);
            var splits = new Dictionary<string, SplitManifest>(StringComparer.Ordinal);
            foreach (var (split, writer) in shards)
                splits[split] = new SplitManifest(taken[split].Count(), await writer.CompleteAsync());
            return new WrittenDataset(splits, statistics, pictures);
        }
        finally
        {
            await abandoned.CancelAsync();
            await ((Task)sheet).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var writer in shards.Values)
                await writer.DisposeAsync();
        }
    }

    private async Task WriteSplitAsync(
        ShardSetWriter shards, List<ScannedImage> images, Action<RasterisedSample> written, CancellationToken cancellationToken)
    {
        var samples = OrderedParallel.SelectAsync(images, RasteriseAsync, degreeOfParallelism * 2, cancellationToken);
        await foreach (var sample in samples)
        {
            using (sample)
                await shards.AddAsync(sample, cancellationToken);
            written(sample);
        }

        await shards.FinishAsync(cancellationToken);
    }

    private async Task<byte[]> DrawSheetAsync(IReadOnlyList<ScannedImage> images, CancellationToken cancellationToken)
    {
        var tiles = new List<ContactTile>(images.Count);
        foreach (var image in images)
            tiles.Add(await WorkAsync(image, () => TileAsync(image, cancellationToken), cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return DatasetPictures.ContactSheet(datasetId, source.Classes, tiles);
    }

    private async Task<ContactTile> TileAsync(ScannedImage image, CancellationToken cancellationToken)
    {
        using var sample = await RasterisedSample.CreateAsync(image, source, options, cancellationToken);
        return sample.Tile();
    }

    private Task<RasterisedSample> RasteriseAsync(ScannedImage image, CancellationToken cancellationToken) =>
        WorkAsync(image, () => RasterisedSample.CreateAsync(image, source, options, cancellationToken), cancellationToken);

    private static async Task<T> WorkAsync<T>(ScannedImage image, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await PromptCancellation.RunAsync(work, cancellationToken);
        }
        catch (Exception problem) when (problem is ImageProblemException or ImageFormatException)
        {
            throw new DatasetException(DatasetFailure.BadImages, $"{image.Source.Image.FileName} (image {image.Source.Image.Id}): {problem.Message}.", problem);
        }
    }

    private async Task<(ArtifactEntry Statistics, IReadOnlyList<ArtifactEntry> Pictures)> WriteStatisticsAsync(
        Dictionary<string, SplitTally> tallies, IReadOnlyList<string> onSheet, Task<byte[]> sheet, CancellationToken cancellationToken)
    {
        const int Objects = 5;
        var done = 0;
        progress?.Report(new PreparationProgress(PreparationStage.Commit, done, Objects, "objects"));
        var train = tallies[SplitAssignment.Names[0]];
        var statistics = new DatasetStatistics
        {
            Splits = tallies.ToDictionary(tally => tally.Key, tally => tally.Value.ToStatistics(), StringComparer.Ordinal),
            ChannelMean = train.Channels.Mean(),
            ChannelStd = train.Channels.Deviation(),
            ClassWeights = train.MedianFrequencyWeights(),
            InverseFrequencyWeights = train.InverseFrequencyWeights(),
            ContactSheet = onSheet,
            Skipped = bad.Skipped,
        };
        var pictures = new List<ArtifactEntry>();
        foreach (var (name, png) in DatasetPictures.Render(datasetId, source.Classes, statistics, sheet))
            pictures.Add(await PutAsync(DatasetKeys.Picture(datasetId, name), await png, "image/png"));
        var json = CanonicalJson.Serialize(statistics, DatasetJson.Default.DatasetStatistics);
        return (await PutAsync(DatasetKeys.Statistics(datasetId), json, "application/json"), pictures);

        async Task<ArtifactEntry> PutAsync(string key, byte[] content, string contentType)
        {
            uploaded.Add(key);
            var entry = await storage.PutAsync(key, content, contentType, cancellationToken);
            progress?.Report(new PreparationProgress(PreparationStage.Commit, ++done, Objects, "objects"));
            return entry;
        }
    }
}

/// <summary>What a dataset consists of but its manifest.</summary>
internal sealed record WrittenDataset(
    IReadOnlyDictionary<string, SplitManifest> Splits, ArtifactEntry Statistics, IReadOnlyList<ArtifactEntry> Pictures);
