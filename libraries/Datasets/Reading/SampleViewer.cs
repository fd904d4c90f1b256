using System.Globalization;
using Maskwright.Artifacts;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>
/// Shows samples of a finished dataset. What is shown is taken out of its shard and put beside it as objects, once: they
/// can be swept at any time and come back when they are asked for.
/// </summary>
/// <param name="storage">Where the datasets are.</param>
public sealed class SampleViewer(ObjectStorage storage)
{
    private const int AtOnce = 8;
    private const int OverlayQuality = 85;

    /// <summary>One page of samples, in the manifest's order.</summary>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="split">Only this split; null = all.</param>
    /// <param name="classes">Only samples that show all of these class indices.</param>
    /// <param name="pageSize">At most this many, at least 1.</param>
    /// <param name="pageToken">Token of the page before; empty for the first page.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The samples, and the token of the next page, which is empty on the last.</returns>
    /// <exception cref="DatasetException">There is no such dataset or split, or the token is none of it.</exception>
    /// <exception cref="StorageException">Storage fails.</exception>
    public async Task<(IReadOnlyList<ViewedSample> Samples, string NextPageToken)> ListAsync(
        string datasetId, string? split, IReadOnlyCollection<int> classes, int pageSize, string pageToken, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        var reader = await DatasetReader.OpenAsync(storage, datasetId, cancellationToken);
        if (split is not null && !reader.Manifest.Splits.ContainsKey(split))
            throw new DatasetException(DatasetFailure.NotFound, $"The dataset '{datasetId}' has no split '{split}'. It has: {string.Join(", ", SplitAssignment.Names)}.");

        var shards = Shards(reader.Manifest).Where(shard => split is null || shard.Split == split).ToList();
        var (firstShard, firstSample) = Position(pageToken);
        if (firstShard < 0 || firstShard >= Math.Max(1, shards.Count))
            throw new DatasetException(DatasetFailure.InvalidOptions, $"'{pageToken}' is not a page token of these samples.");

        var found = new List<(string Split, ShardManifest Shard, ShardIndexSample Sample)>();
        for (var i = firstShard; i < shards.Count; i++)
        {
            var index = await reader.ReadIndexAsync(shards[i].Shard, cancellationToken);
            for (var j = i == firstShard ? firstSample : 0; j < index.Samples.Count; j++)
            {
                if (!classes.All(index.Samples[j].Classes.Contains))
                    continue;
                if (found.Count == pageSize)
                    return (await ViewAsync(reader, found, cancellationToken), string.Create(CultureInfo.InvariantCulture, $"{i}-{j}"));
                found.Add((shards[i].Split, shards[i].Shard, index.Samples[j]));
            }
        }

        return (await ViewAsync(reader, found, cancellationToken), "");
    }

    /// <summary>One sample.</summary>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="key">The sample's key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="DatasetException">There is no such dataset, or no such sample.</exception>
    /// <exception cref="StorageException">Storage fails.</exception>
    public async Task<ViewedSample> GetAsync(string datasetId, string key, CancellationToken cancellationToken = default)
    {
        var reader = await DatasetReader.OpenAsync(storage, datasetId, cancellationToken);
        foreach (var (split, manifest) in reader.Manifest.Splits)
            if (await FindAsync(reader, manifest.Shards, key, cancellationToken) is { } found)
                return await ViewAsync(reader, split, found.Shard, found.Sample, cancellationToken);
        throw new DatasetException(DatasetFailure.NotFound, $"The dataset '{datasetId}' has no sample '{key}'. List its samples to see what there is.");
    }

    // Keys ascend through the shards of a split.
    private static async Task<(ShardManifest Shard, ShardIndexSample Sample)?> FindAsync(
        DatasetReader reader, IReadOnlyList<ShardManifest> shards, string key, CancellationToken cancellationToken)
    {
        var (low, high) = (0, shards.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var samples = (await reader.ReadIndexAsync(shards[middle], cancellationToken)).Samples;
            if (string.CompareOrdinal(key, samples[0].Key) < 0)
                high = middle - 1;
            else if (string.CompareOrdinal(key, samples[^1].Key) > 0)
                low = middle + 1;
            else
                return samples.FirstOrDefault(sample => sample.Key == key) is { } found ? (shards[middle], found) : null;
        }

        return null;
    }

    private static IEnumerable<(string Split, ShardManifest Shard)> Shards(DatasetManifest manifest) =>
        SplitAssignment.Names.SelectMany(split => manifest.Splits[split].Shards.Select(shard => (split, shard)));

    private static (int Shard, int Sample) Position(string token)
    {
        if (token.Length == 0)
            return (0, 0);
        return token.Split('-') is [var shard, var sample]
            && int.TryParse(shard, NumberStyles.None, CultureInfo.InvariantCulture, out var i)
            && int.TryParse(sample, NumberStyles.None, CultureInfo.InvariantCulture, out var j)
            ? (i, j)
            : (-1, 0);
    }

    private async Task<ViewedSample[]> ViewAsync(
        DatasetReader reader, List<(string Split, ShardManifest Shard, ShardIndexSample Sample)> found, CancellationToken cancellationToken)
    {
        var views = new List<ViewedSample>(found.Count);
        var viewing = OrderedParallel.SelectAsync(
            found, (entry, token) => ViewAsync(reader, entry.Split, entry.Shard, entry.Sample, token), AtOnce, cancellationToken);
        await foreach (var view in viewing)
            views.Add(view);
        return [.. views];
    }

    private async Task<ViewedSample> ViewAsync(
        DatasetReader reader, string split, ShardManifest shard, ShardIndexSample sample, CancellationToken cancellationToken)
    {
        string Key(string extension) => DatasetKeys.Sample(reader.Manifest.Id, sample.Key, extension);
        var view = new ViewedSample(
            sample.Key, split, await reader.ReadInfoAsync(shard, sample, cancellationToken), sample.Classes, Key("jpg"), Key("png"), Key("overlay.jpg"));
        // Written last: where it is, the others are.
        if (await storage.StatAsync(view.OverlayKey, cancellationToken) is not null)
            return view;

        var jpeg = await reader.ReadFileAsync(shard, sample, "jpg", cancellationToken);
        var png = await reader.ReadFileAsync(shard, sample, "png", cancellationToken);
        await storage.PutAsync(view.ImageKey, jpeg, "image/jpeg", cancellationToken);
        await storage.PutAsync(view.MaskKey, png, "image/png", cancellationToken);
        var overlay = Overlay.Blend(ImageCodec.Decode(jpeg, sample.Key), PalettePng.Decode(png, sample.Key), Palette.Default, Overlay.UsualOpacity);
        await storage.PutAsync(view.OverlayKey, ImageCodec.EncodeJpeg(overlay, OverlayQuality), "image/jpeg", cancellationToken);
        return view;
    }
}
