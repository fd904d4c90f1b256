using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Maskwright.Artifacts;

namespace Maskwright.Datasets;

/// <summary>Reads a prepared dataset and checks the digest of all it gives.</summary>
public sealed class DatasetReader
{
    private readonly ObjectStorage _storage;

    private DatasetReader(ObjectStorage storage, DatasetManifest manifest) => (_storage, Manifest) = (storage, manifest);

    /// <summary>What the dataset is.</summary>
    public DatasetManifest Manifest { get; }

    /// <summary>Reads the manifest of a dataset.</summary>
    /// <param name="storage">Where it is.</param>
    /// <param name="datasetId">Its id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="DatasetException">There is no such dataset, or it was never finished (<see cref="DatasetFailure.NotFound"/>).</exception>
    /// <exception cref="ArtifactException">The manifest is damaged or of a newer version.</exception>
    /// <exception cref="StorageException">Storage fails.</exception>
    public static async Task<DatasetReader> OpenAsync(ObjectStorage storage, string datasetId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var manifest = await new ManifestStore(storage).TryReadAsync(
            DatasetKeys.Manifest(datasetId), DatasetJson.Default.DatasetManifest, DatasetManifest.CurrentVersion, cancellationToken);
        return manifest is not null
            ? new DatasetReader(storage, manifest)
            : throw new DatasetException(DatasetFailure.NotFound, $"There is no finished dataset '{datasetId}' in the bucket {storage.Options.Bucket}. Prepare it, or correct the id.");
    }

    /// <summary>Reads the counts of the dataset.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArtifactException">They are not what the manifest names.</exception>
    /// <exception cref="StorageException">Storage fails.</exception>
    public async Task<DatasetStatistics> ReadStatisticsAsync(CancellationToken cancellationToken = default)
    {
        var json = await _storage.GetArtifactAsync(Manifest.Statistics, cancellationToken);
        return Parse(json, DatasetJson.Default.DatasetStatistics, Manifest.Statistics.Key);
    }

    /// <summary>Reads the samples of a split in the manifest's order, one shard after the other, holding one sample at a time.</summary>
    /// <param name="split">"train", "val" or "test".</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DatasetException">There is no such split.</exception>
    /// <exception cref="ArtifactException">A shard, its index or a file in it is not what the manifest names; the message names it.</exception>
    /// <exception cref="StorageException">Storage fails.</exception>
    public async IAsyncEnumerable<EncodedSample> ReadSplitAsync(string split, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (!Manifest.Splits.TryGetValue(split, out var found))
            throw new DatasetException(DatasetFailure.NotFound, $"The dataset '{Manifest.Id}' has no split '{split}'. It has: {string.Join(", ", Manifest.Splits.Keys)}.");

        foreach (var shard in found.Shards)
        {
            var index = await ReadIndexAsync(shard, cancellationToken);
            await using var tar = await _storage.OpenReadAsync(shard.Tar.Key, cancellationToken);
            shard.Tar.VerifySize(tar.Length);
            await foreach (var sample in ShardReader.ReadAsync(tar, index, shard.Tar.Key, cancellationToken))
            {
                var info = Parse(sample["json"].Span, DatasetJson.Default.SampleInfo, $"{shard.Tar.Key}: {sample.Key}.json");
                yield return new EncodedSample(sample.Key, Bytes(sample["jpg"]), Bytes(sample["png"]), info);
            }
        }
    }

    /// <summary>Reads the index of a shard. The manifest vouches for the index, and the index for every file of the tar.</summary>
    internal async Task<ShardIndex> ReadIndexAsync(ShardManifest shard, CancellationToken cancellationToken)
    {
        var index = ShardIndex.Parse(await _storage.GetArtifactAsync(shard.Index, cancellationToken), shard.Index.Key);
        shard.Tar.VerifySize(index.Size);
        shard.Tar.VerifyDigest(index.Sha256);
        return index;
    }

    /// <summary>Reads one file of one sample by a range.</summary>
    internal Task<byte[]> ReadFileAsync(ShardManifest shard, ShardIndexSample sample, string extension, CancellationToken cancellationToken) =>
        sample.Files.FirstOrDefault(file => file.Extension == extension) is { } found
            ? ShardReader.ReadFileAsync(_storage, shard.Tar.Key, found, cancellationToken)
            : throw new ArtifactException(shard.Index.Key, $"the sample '{sample.Key}' has no file '{extension}'.");

    /// <summary>Reads where a sample comes from, and its size.</summary>
    internal async Task<SampleInfo> ReadInfoAsync(ShardManifest shard, ShardIndexSample sample, CancellationToken cancellationToken) =>
        Parse(await ReadFileAsync(shard, sample, "json", cancellationToken), DatasetJson.Default.SampleInfo, $"{shard.Tar.Key}: {sample.Key}.json");

    private static T Parse<T>(ReadOnlySpan<byte> json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string name)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new ArtifactException(name, "the document is null.");
        }
        catch (JsonException error)
        {
            throw new ArtifactException(name, $"it is not a {typeof(T).Name}: {error.Message}", error);
        }
    }

    private static byte[] Bytes(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var array) && array.Offset == 0 && array.Count == array.Array!.Length
            ? array.Array
            : content.ToArray();
}
