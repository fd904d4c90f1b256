using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>
/// Everything that is counted while a split passes by once: the confusion matrix, each image's share of it, boundaries,
/// calibration and sizes of objects. All sums are whole numbers: neither batches nor threads can change them.
/// </summary>
/// <remarks>Not thread-safe: give each thread its own and <see cref="Merge"/> them.</remarks>
public sealed class SplitTally
{
    private readonly List<ImageCounts> _images = [];
    private readonly ObjectSizeCounts _sizes;
    private readonly BoundaryCounts _boundaries;
    private readonly Reliability _reliability = new();

    /// <summary>No counts yet.</summary>
    /// <param name="classes">Number of classes, background included.</param>
    public SplitTally(int classes)
    {
        Matrix = new ConfusionMatrix(classes);
        _boundaries = new BoundaryCounts(classes);
        _sizes = new ObjectSizeCounts(classes);
    }

    /// <summary>Counts over all images.</summary>
    public ConfusionMatrix Matrix { get; }

    /// <summary>Counts of each image, in the order they came in.</summary>
    public IReadOnlyList<ImageCounts> Images => _images;

    /// <summary>Counts one image.</summary>
    /// <param name="key">Key of the sample.</param>
    /// <param name="truth">The annotators' mask.</param>
    /// <param name="prediction">The network's, of the same size, with confidence.</param>
    /// <param name="sample">Where it comes from, and its objects.</param>
    /// <exception cref="ArgumentException">An index is not below the number of classes.</exception>
    public void Add(string key, IndexMask truth, LabelledImage prediction, SampleInfo sample)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(prediction);
        var counts = Matrix.Counts.ToArray();
        Matrix.Add(truth.Pixels, prediction.Mask.Pixels);
        for (var i = 0; i < counts.Length; i++)
            counts[i] = Matrix.Counts[i] - counts[i];
        _images.Add(new ImageCounts(key, counts));
        _boundaries.Add(truth.Pixels, prediction.Mask.Pixels, truth.Width);
        _reliability.Add(truth.Pixels, prediction.Mask.Pixels, prediction.Confidence);
        _sizes.Add(truth, prediction.Mask, sample);
    }

    /// <summary>Adds what was counted of other images, behind those of this one.</summary>
    /// <param name="other">Counts of as many classes.</param>
    public void Merge(SplitTally other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Matrix.Merge(other.Matrix);
        _images.AddRange(other._images);
        _boundaries.Merge(other._boundaries);
        _reliability.Merge(other._reliability);
        _sizes.Merge(other._sizes);
    }

    /// <summary>Boundary IoU by class index; null for an absent class.</summary>
    public IReadOnlyList<double?> BoundaryIoU() => _boundaries.ToScores();

    /// <summary>Calibration over every valid pixel.</summary>
    public CalibrationMetrics Calibration() => _reliability.ToMetrics();

    /// <summary>Scores by the size of objects; null when the dataset does not tell objects apart.</summary>
    public IReadOnlyList<SizeMetrics>? Sizes() => _sizes.ToMetrics();
}
