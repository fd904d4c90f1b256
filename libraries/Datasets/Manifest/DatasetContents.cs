using Maskwright.Artifacts;

namespace Maskwright.Datasets;

/// <summary>What a dataset's digest is taken of: all that training can see, and nothing of place and time.</summary>
/// <param name="Classes">Names by index.</param>
/// <param name="Options">How it was made.</param>
/// <param name="Shards">Digests of the tar files of each split, in order.</param>
internal sealed record DatasetContents(
    IReadOnlyList<string> Classes, PreparationOptions Options, IReadOnlyDictionary<string, IReadOnlyList<string>> Shards)
{
    public static string DigestOf(
        IReadOnlyList<string> classes, PreparationOptions options, IReadOnlyDictionary<string, SplitManifest> splits)
    {
        var contents = new DatasetContents(
            classes,
            options,
            splits.ToDictionary(split => split.Key, IReadOnlyList<string> (split) => [.. split.Value.Shards.Select(shard => shard.Tar.Sha256)]));
        return Digest.OfBytes(CanonicalJson.Serialize(contents, DatasetJson.Default.DatasetContents));
    }
}
