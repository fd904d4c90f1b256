using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maskwright.Artifacts;

/// <summary>The index of a tar shard: where each sample's files lie, so that any of them can be read by a range.</summary>
public sealed record ShardIndex
{
    /// <summary>The version of this form that is written.</summary>
    public const int CurrentVersion = 1;

    private const int FlushBytes = 64 * 1024;

    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Length of the tar file in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of the tar file, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The samples, in the order of the tar file.</summary>
    public required IReadOnlyList<ShardIndexSample> Samples { get; init; }

    /// <summary>Writes the index to storage, in constant memory however many samples there are.</summary>
    /// <param name="storage">Where to.</param>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The entry by which a manifest names it.</returns>
    public async Task<ArtifactEntry> PutAsync(ObjectStorage storage, string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        await using var upload = storage.OpenWrite(key, "application/json");
        await using var digesting = new DigestingStream(upload);
        await WriteAsync(digesting, cancellationToken);
        return await upload.CompleteAsync(digesting.FinishDigest(), cancellationToken);
    }

    /// <summary>Writes the index as <see cref="CanonicalJson"/>: equal shards have equal index bytes.</summary>
    /// <param name="json">Where to; left open.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task WriteAsync(Stream json, CancellationToken cancellationToken = default)
    {
        // Property by property in ordinal order: the general way holds the whole document, twice.
        await using (var writer = CanonicalJson.Writer(json))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("samples");
            foreach (var sample in Samples)
            {
                Write(writer, sample);
                if (writer.BytesPending > FlushBytes)
                    await writer.FlushAsync(cancellationToken);
            }

            writer.WriteEndArray();
            writer.WriteString("sha256", Sha256);
            writer.WriteNumber("size", Size);
            writer.WriteNumber("version", Version);
            writer.WriteEndObject();
        }

        await json.WriteAsync("\n"u8.ToArray(), cancellationToken);
    }

    /// <summary>Reads an index and checks that its entries lie within the shard.</summary>
    /// <param name="json">The bytes of an index.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="ArtifactException">It is not an index, or of a version this program does not read.</exception>
    public static ShardIndex Parse(ReadOnlySpan<byte> json, string name)
    {
        ShardIndex index;
        try
        {
            index = JsonSerializer.Deserialize(json, ShardJson.Default.ShardIndex)
                ?? throw new ArtifactException(name, "the shard index is null.");
        }
        catch (JsonException error)
        {
            throw new ArtifactException(name, $"it is not a shard index: {error.Message}", error);
        }

        if (index.Version != CurrentVersion)
            throw new ArtifactException(name, $"the shard index has version {index.Version}, this program reads version {CurrentVersion}.");
        // The serialiser lets nulls into lists.
        foreach (var sample in index.Samples)
        {
            foreach (var file in sample?.Files ?? throw new ArtifactException(name, "the shard index has a sample that is null."))
            {
                if (file is null)
                    throw new ArtifactException(name, $"the shard index has a file of '{sample.Key}' that is null.");
                if (file.Offset < 0 || file.Length < 0 || file.Length > ShardReader.MaxFileBytes || file.Offset > index.Size - file.Length)
                    throw new ArtifactException(name, $"{sample.Key}.{file.Extension} at {file.Offset} + {file.Length} does not lie within the shard's {index.Size} bytes.");
            }
        }

        return index;
    }

    private static void Write(Utf8JsonWriter writer, ShardIndexSample sample)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("classes");
        foreach (var index in sample.Classes)
            writer.WriteNumberValue(index);
        writer.WriteEndArray();
        writer.WriteStartArray("files");
        foreach (var file in sample.Files)
        {
            writer.WriteStartObject();
            writer.WriteString("extension", file.Extension);
            writer.WriteNumber("length", file.Length);
            writer.WriteNumber("offset", file.Offset);
            writer.WriteString("sha256", file.Sha256);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("key", sample.Key);
        writer.WriteEndObject();
    }
}

/// <summary>One sample of a shard.</summary>
/// <param name="Key">The name its files share.</param>
/// <param name="Classes">The class indices that occur in its mask, ascending.</param>
/// <param name="Files">Its files, in the order of the tar file.</param>
public sealed record ShardIndexSample(string Key, IReadOnlyList<int> Classes, IReadOnlyList<ShardIndexFile> Files);

/// <summary>One file of a sample.</summary>
/// <param name="Extension">Its extension without the dot: <c>jpg</c>, <c>png</c>, <c>json</c>.</param>
/// <param name="Offset">Where its first byte lies in the tar file.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Sha256">Its SHA-256, lower-case hex.</param>
public sealed record ShardIndexFile(string Extension, long Offset, long Length, string Sha256);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ShardIndex))]
internal sealed partial class ShardJson : JsonSerializerContext;
