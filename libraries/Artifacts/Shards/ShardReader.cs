using System.Formats.Tar;
using System.Runtime.CompilerServices;

namespace Maskwright.Artifacts;

/// <summary>Reads shards: from start to end out of a stream, or one file by a range out of storage.</summary>
public static class ShardReader
{
    /// <summary>The largest file of a sample, in bytes (64 MiB).</summary>
    public const int MaxFileBytes = 64 * 1024 * 1024;

    /// <summary>Reads the samples of a tar file in its order, each as soon as its last file has arrived.</summary>
    /// <param name="tar">The tar file.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArtifactException">The bytes are not a shard's; the message names the shard and the file.</exception>
    public static async IAsyncEnumerable<ShardSample> ReadAsync(Stream tar, string name, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var reader = new TarReader(tar, leaveOpen: true);
        string? key = null;
        var files = new List<ShardFile>();
        while (await NextAsync(reader, name, cancellationToken) is { } entry)
        {
            if (key is not null && key != entry.Key)
            {
                yield return new ShardSample(key, files);
                files = [];
            }

            key = entry.Key;
            files.Add(entry.File);
        }

        if (key is not null)
            yield return new ShardSample(key, files);
    }

    /// <summary>As <see cref="ReadAsync(Stream, string, CancellationToken)"/>, and checks every file against the shard's index.</summary>
    /// <param name="tar">The tar file.</param>
    /// <param name="index">Its index.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArtifactException">A file is missing, damaged or too many; the message names it.</exception>
    public static async IAsyncEnumerable<ShardSample> ReadAsync(Stream tar, ShardIndex index, string name, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        var position = 0;
        await foreach (var sample in ReadAsync(tar, name, cancellationToken))
        {
            if (position == index.Samples.Count)
                throw new ArtifactException(name, $"the shard holds the sample '{sample.Key}' that its index of {index.Samples.Count} samples does not name.");
            Verify(sample, index.Samples[position++], name);
            yield return sample;
        }

        if (position < index.Samples.Count)
            throw new ArtifactException(name, $"the shard ends after {position} samples, its index names {index.Samples.Count}; '{index.Samples[position].Key}' is missing.");
    }

    /// <summary>Reads one file of one sample out of storage, by a range, and checks it.</summary>
    /// <param name="storage">Where the shard is.</param>
    /// <param name="shardKey">The shard's key.</param>
    /// <param name="file">The file, from the shard's index.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArtifactException">The bytes are not those of the index.</exception>
    public static async Task<byte[]> ReadFileAsync(ObjectStorage storage, string shardKey, ShardIndexFile file, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(file);
        var bytes = await storage.GetRangeAsync(shardKey, file.Offset, checked((int)file.Length), cancellationToken);
        Verify(bytes, file, $"{shardKey} ({file.Extension} at byte {file.Offset})");
        return bytes;
    }

    /// <summary>Reads one sample out of storage, by one range that holds all its files, and checks each.</summary>
    /// <param name="storage">Where the shard is.</param>
    /// <param name="shardKey">The shard's key.</param>
    /// <param name="sample">The sample, from the shard's index.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArtifactException">The bytes are not those of the index.</exception>
    public static async Task<ShardSample> ReadSampleAsync(ObjectStorage storage, string shardKey, ShardIndexSample sample, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(sample);
        var start = sample.Files.Min(file => file.Offset);
        var length = sample.Files.Max(file => file.Offset + file.Length) - start;
        if (length > MaxFileBytes)
            throw new ArtifactException(shardKey, $"the files of the sample '{sample.Key}' lie within {length} bytes, at most {MaxFileBytes} are read at once.");
        var bytes = await storage.GetRangeAsync(shardKey, start, (int)length, cancellationToken);
        var files = new List<ShardFile>(sample.Files.Count);
        foreach (var file in sample.Files)
        {
            var content = bytes.AsMemory((int)(file.Offset - start), (int)file.Length);
            Verify(content.Span, file, $"{shardKey}: {sample.Key}.{file.Extension}");
            files.Add(new ShardFile(file.Extension, content));
        }

        return new ShardSample(sample.Key, files);
    }

    private static async Task<(string Key, ShardFile File)?> NextAsync(TarReader reader, string name, CancellationToken cancellationToken)
    {
        try
        {
            if (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is not { } entry)
                return null;
            var dot = entry.Name.IndexOf('.', StringComparison.Ordinal);
            if (dot <= 0 || entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                throw new ArtifactException(name, $"the entry '{entry.Name}' is not a file named key.extension.");
            if (entry.Length > MaxFileBytes)
                throw new ArtifactException(name, $"the entry '{entry.Name}' has {entry.Length} bytes, at most {MaxFileBytes} are read.");
            var content = new byte[entry.Length];
            if (entry.DataStream is { } data)
                await data.ReadExactlyAsync(content, cancellationToken);
            return (entry.Name[..dot], new ShardFile(entry.Name[(dot + 1)..], content));
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new ArtifactException(name, $"the tar file is damaged: {error.Message}", error);
        }
    }

    private static void Verify(ShardSample sample, ShardIndexSample expected, string name)
    {
        if (sample.Key != expected.Key || !sample.Files.Select(f => f.Extension).SequenceEqual(expected.Files.Select(f => f.Extension)))
        {
            throw new ArtifactException(name, $"the shard holds {sample.Key} ({string.Join(", ", sample.Files.Select(f => f.Extension))}) where its index names {expected.Key} ({string.Join(", ", expected.Files.Select(f => f.Extension))}).");
        }

        for (var i = 0; i < expected.Files.Count; i++)
            Verify(sample.Files[i].Content.Span, expected.Files[i], $"{name}: {sample.Key}.{expected.Files[i].Extension}");
    }

    private static void Verify(ReadOnlySpan<byte> content, ShardIndexFile expected, string name)
    {
        var digest = Digest.OfBytes(content);
        if (content.Length != expected.Length || digest != expected.Sha256)
            throw new ArtifactException(name, $"{content.Length} bytes with SHA-256 {digest}, the index says {expected.Length} with {expected.Sha256}. The shard is damaged: make the dataset again.");
    }
}
