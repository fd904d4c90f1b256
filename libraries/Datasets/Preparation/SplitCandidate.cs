using System.Globalization;

namespace Maskwright.Datasets;

/// <summary>What the split of an image is decided by.</summary>
/// <param name="ImageId">Its id.</param>
/// <param name="FileName">Its file name as the source has it.</param>
/// <param name="Sha256">Digest of the file: identical files go together.</param>
/// <param name="Classes">The class indices it shows.</param>
/// <param name="SourceSplit">The split that the source puts it in; null when the source says nothing.</param>
internal sealed record SplitCandidate(long ImageId, string FileName, FileDigest Sha256, IReadOnlyList<byte> Classes, string? SourceSplit)
{
    /// <summary>The names by which a list may call it.</summary>
    public IEnumerable<string> Names => [FileName, ImageId.ToString(CultureInfo.InvariantCulture)];

    /// <summary>Of an image.</summary>
    public static SplitCandidate Of(ScannedImage image) => new(
        image.Source.Image.Id,
        image.Source.Image.FileName,
        image.Sha256,
        image.Source.Shows,
        image.Source.Split);
}
