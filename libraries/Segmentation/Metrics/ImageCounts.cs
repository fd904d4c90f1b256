namespace Maskwright.Segmentation;

/// <summary>What one image adds to a confusion matrix.</summary>
/// <param name="Key">The sample's key in its dataset.</param>
/// <param name="Counts">Counts [truth, prediction], row-major.</param>
public sealed record ImageCounts(string Key, IReadOnlyList<long> Counts)
{
    /// <summary>Scores of this image alone.</summary>
    public SegmentationMetrics ToMetrics() => ConfusionMatrix.Of([.. Counts]).ToMetrics();
}
