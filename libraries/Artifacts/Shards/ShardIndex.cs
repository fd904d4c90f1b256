using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maskwright.Artifacts;

/// <summary>The index of a tar shard: where each sample's files lie, so that any of them can be read by a range.</summary>
public sealed record ShardIndex
{
    /// <summary>The version of this form that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Length of the tar file in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of the tar file, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The samples, in the order of the tar file.</summary>
    public required IReadOnlyList<ShardIndexSample> Samples { get; init; }

    /// <summary>The index as canonical JSON: equal shards have equal index bytes.</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(this, ShardJson.Default.ShardIndex);

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
