using Maskwright.Artifacts;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>Rasterises the images split by split, and writes their shards and the statistics.</summary>
internal sealed class DatasetWriter(
    ObjectStorage storage,
    ImageSource source,
    string datasetId,
    PreparationOptions options,
    string temporary,
    int degreeOfParallelism,
    ICollection<string> uploaded,
    IProgress<PreparationProgress>? progress)
{
    public async Task<(IReadOnlyDictionary<string, SplitManifest> Splits, ArtifactEntry Statistics)> WriteAsync(
        IReadOnlyList<ScannedImage> images, string?[] splitOf, CancellationToken cancellationToken)
    {
        var done = 0;
        var total = splitOf.Count(split => split is not null);
        var splits = new Dictionary<string, SplitManifest>(StringComparer.Ordinal);
        var tallies = new Dictionary<string, SplitTally>(StringComparer.Ordinal);
        foreach (var split in SplitAssignment.Names)
        {
            var members = images.Where((_, i) => splitOf[i] == split).ToList();
            tallies[split] = new SplitTally(source.Classes);
            splits[split] = await WriteSplitAsync(split, members, sample =>
            {
                tallies[split].Add(sample);
                progress?.Report(new PreparationProgress(PreparationStage.Rasterise, ++done, total, "images"));
            }, cancellationToken);
        }

        progress?.Report(new PreparationProgress(PreparationStage.Commit, 0, 2, "objects"));
        var statistics = await WriteStatisticsAsync(tallies, cancellationToken);
        progress?.Report(new PreparationProgress(PreparationStage.Commit, 1, 2, "objects"));
        return (splits, statistics);
    }

    private async Task<SplitManifest> WriteSplitAsync(
        string split, List<ScannedImage> images, Action<RasterisedSample> written, CancellationToken cancellationToken)
    {
        await using var shards = new ShardSetWriter(
            storage, $"{DatasetKeys.Prefix(datasetId)}{split}/", temporary, options.ShardTargetBytes, uploaded);
        var samples = OrderedParallel.SelectAsync(images, RasteriseAsync, degreeOfParallelism * 2, cancellationToken);
        await foreach (var sample in samples)
        {
            await shards.AddAsync(sample, cancellationToken);
            written(sample);
        }

        return new SplitManifest(images.Count, await shards.CompleteAsync(cancellationToken));
    }

    private async Task<RasterisedSample> RasteriseAsync(ScannedImage image, CancellationToken cancellationToken)
    {
        try
        {
            return await RasterisedSample.CreateAsync(image, source, options, cancellationToken);
        }
        catch (Exception problem) when (problem is ImageProblemException or ImageFormatException)
        {
            throw new DatasetException(DatasetFailure.BadImages, $"{image.Source.Image.FileName} (image {image.Source.Image.Id}): {problem.Message}.", problem);
        }
    }

    private async Task<ArtifactEntry> WriteStatisticsAsync(Dictionary<string, SplitTally> tallies, CancellationToken cancellationToken)
    {
        var train = tallies[SplitAssignment.Names[0]];
        var statistics = new DatasetStatistics
        {
            Splits = tallies.ToDictionary(tally => tally.Key, tally => tally.Value.ToStatistics(), StringComparer.Ordinal),
            ChannelMean = train.Channels.Mean(),
            ChannelStd = train.Channels.Deviation(),
            ClassWeights = train.MedianFrequencyWeights(),
        };
        var key = DatasetKeys.Statistics(datasetId);
        uploaded.Add(key);
        return await storage.PutAsync(
            key, CanonicalJson.Serialize(statistics, DatasetJson.Default.DatasetStatistics), "application/json", cancellationToken);
    }
}
