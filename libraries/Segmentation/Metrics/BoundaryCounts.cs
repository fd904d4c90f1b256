namespace Maskwright.Segmentation;

/// <summary>
/// Boundary IoU of each class over a split (Cheng et al. 2021): the IoU of the pixels of truth and prediction that lie within
/// 2% of the diagonal of their own outlines. It falls where outlines are rough, however large the object is.
/// </summary>
/// <remarks>Not thread-safe: give each thread its own and <see cref="Merge"/> them.</remarks>
public sealed class BoundaryCounts
{
    private readonly long[] _intersection;
    private readonly long[] _union;
    private BoundaryBand _outlines = new(1, 1);
    private byte[] _valid = [];
    private byte[] _truth = [];
    private byte[] _prediction = [];

    /// <summary>No counts yet.</summary>
    /// <param name="classes">Number of classes, background included.</param>
    public BoundaryCounts(int classes)
    {
        _intersection = new long[classes];
        _union = new long[classes];
    }

    /// <summary>Counts one image. Where the truth is ignored (255) the prediction is too, and neither has an outline there.</summary>
    /// <param name="truth">Class indices [H, W], or 255.</param>
    /// <param name="prediction">Class indices [H, W].</param>
    /// <param name="width">W, in pixels.</param>
    public void Add(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction, int width)
    {
        Prepare(width, truth.Length / width);
        PixelSelection.KeepValid(prediction, truth, _valid);
        _outlines.Mark(truth, _truth);
        _outlines.Mark(_valid, _prediction);
        PixelSelection.KeepMarked(truth, _truth, _truth);
        PixelSelection.KeepMarked(_valid, _prediction, _prediction);
        Add(_union, _truth, 1);
        Add(_union, _prediction, 1);

        // What both show was counted twice.
        PixelSelection.KeepEqual(_truth, _prediction, _truth);
        Add(_union, _truth, -1);
        Add(_intersection, _truth, 1);
    }

    /// <summary>Adds other counts, of as many classes.</summary>
    public void Merge(BoundaryCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var c = 0; c < _union.Length; c++)
        {
            _intersection[c] += other._intersection[c];
            _union[c] += other._union[c];
        }
    }

    /// <summary>Boundary IoU by class index, 0 to 1; null for a class that is in neither truth nor prediction.</summary>
    public IReadOnlyList<double?> ToScores() =>
        [.. _intersection.Zip(_union, (both, either) => either == 0 ? (double?)null : (double)both / either)];

    private static void Add(long[] counts, byte[] indices, int times)
    {
        for (var c = 0; c < counts.Length; c++)
            counts[c] += times * indices.AsSpan().Count((byte)c);
    }

    // Images of a split mostly have one size: what is needed for it is kept until another comes.
    private void Prepare(int width, int height)
    {
        if (_outlines.Width == width && _outlines.Height == height)
            return;
        _outlines = new BoundaryBand(width, height);
        _valid = new byte[width * height];
        _truth = new byte[width * height];
        _prediction = new byte[width * height];
    }
}
