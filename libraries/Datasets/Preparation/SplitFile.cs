namespace Maskwright.Datasets;

/// <summary>One file, with all images that have exactly its bytes.</summary>
/// <param name="Sha256">Its digest.</param>
/// <param name="Images">How many images.</param>
/// <param name="Classes">The class indices that any of them shows.</param>
internal sealed record SplitFile(FileDigest Sha256, int Images, IReadOnlyList<byte> Classes)
{
    public static SplitFile Of(IGrouping<FileDigest, SplitCandidate> same) =>
        new(same.Key, same.Count(), [.. same.SelectMany(image => image.Classes).Distinct().Order()]);
}
