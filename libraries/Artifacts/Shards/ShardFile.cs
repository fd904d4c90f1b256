namespace Maskwright.Artifacts;

/// <summary>One file of a sample, with its content.</summary>
/// <param name="Extension">Its extension without the dot: <c>jpg</c>, <c>png</c>, <c>json</c>.</param>
/// <param name="Content">Its bytes.</param>
public sealed record ShardFile(string Extension, ReadOnlyMemory<byte> Content)
{
    /// <summary>SHA-256 of the content where it is known already, lower-case hex; null lets the writer compute it.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>One sample as it is read from a shard: the files that share a key.</summary>
/// <param name="Key">The name its files share.</param>
/// <param name="Files">Its files, in the order of the tar file.</param>
public sealed record ShardSample(string Key, IReadOnlyList<ShardFile> Files)
{
    /// <summary>The bytes of the file with this extension.</summary>
    /// <param name="extension">The extension without the dot.</param>
    /// <exception cref="ArtifactException">The sample has no such file.</exception>
    public ReadOnlyMemory<byte> this[string extension] =>
        Files.FirstOrDefault(f => f.Extension == extension)?.Content
        ?? throw new ArtifactException($"{Key}.{extension}", "the sample has no such file in its shard.");
}
