using System.Buffers.Binary;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>
/// Boundary IoU of each class over a split (Cheng et al. 2021): the IoU of the pixels of truth and prediction that lie within
/// 2% of the diagonal of their own outlines. It falls where outlines are rough, however large the object is.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class BoundaryCounts
{
    private readonly long[] _intersection;
    private readonly long[] _union;
    private BoundaryBand _outlines = new(1, 1);
    private byte[] _valid = [];
    private byte[] _truthBand = [];
    private byte[] _predictionBand = [];

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
        for (var i = 0; i < truth.Length; i++)
            _valid[i] = truth[i] == IndexMask.Ignore ? IndexMask.Ignore : prediction[i];
        _outlines.Mark(truth, _truthBand);
        _outlines.Mark(_valid, _predictionBand);

        // Most pixels lie in no band: eight of them at a time are passed over.
        const int Step = sizeof(ulong);
        for (var start = 0; start < truth.Length; start += Step)
        {
            var end = Math.Min(start + Step, truth.Length);
            if (end - start == Step
                && (BinaryPrimitives.ReadUInt64LittleEndian(_truthBand.AsSpan(start)) | BinaryPrimitives.ReadUInt64LittleEndian(_predictionBand.AsSpan(start))) == 0)
            {
                continue;
            }

            for (var i = start; i < end; i++)
                Count(truth[i], _truthBand[i] != 0, _valid[i], _predictionBand[i] != 0);
        }
    }

    /// <summary>Boundary IoU by class index, 0 to 1; null for a class that is in neither truth nor prediction.</summary>
    public IReadOnlyList<double?> ToScores() =>
        [.. _intersection.Zip(_union, (both, either) => either == 0 ? (double?)null : (double)both / either)];

    private void Count(byte truth, bool inTruth, byte prediction, bool inPrediction)
    {
        if (inTruth && inPrediction && truth == prediction)
        {
            _intersection[truth]++;
            _union[truth]++;
            return;
        }

        if (inTruth)
            _union[truth]++;
        if (inPrediction)
            _union[prediction]++;
    }

    // Images of a split mostly have one size: what is needed for it is kept until another comes.
    private void Prepare(int width, int height)
    {
        if (_outlines.Width == width && _outlines.Height == height)
            return;
        _outlines = new BoundaryBand(width, height);
        _valid = new byte[width * height];
        _truthBand = new byte[width * height];
        _predictionBand = new byte[width * height];
    }
}
