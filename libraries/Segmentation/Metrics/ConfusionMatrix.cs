using System.Buffers.Binary;
using System.Numerics;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>
/// Counts, over every valid pixel of a split, how often truth class r was predicted as class c. Every score is computed from
/// these integer counts once, so that scores do not depend on batches or on the order of samples.
/// </summary>
/// <remarks>Not thread-safe: give each thread its own and <see cref="Merge"/> them.</remarks>
public sealed class ConfusionMatrix
{
    // Pixels looked at together.
    private const int Run = sizeof(ulong);

    private readonly long[] _counts;
    private int[]? _table;

    /// <summary>An empty matrix.</summary>
    /// <param name="classes">Number of classes, background included; 1 to 255.</param>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, IndexMask.Ignore);
        Classes = classes;
        _counts = new long[classes * classes];
    }

    /// <summary>A matrix of given counts.</summary>
    /// <param name="counts">Counts [truth, prediction], row-major; a square number of them.</param>
    /// <exception cref="ArgumentException">There is no such number of classes.</exception>
    public static ConfusionMatrix Of(ReadOnlySpan<long> counts)
    {
        var matrix = new ConfusionMatrix((int)Math.Sqrt(counts.Length));
        if (matrix._counts.Length != counts.Length)
            throw new ArgumentException($"{counts.Length} counts are no square matrix.", nameof(counts));
        counts.CopyTo(matrix._counts);
        return matrix;
    }

    /// <summary>Number of classes, background included.</summary>
    public int Classes { get; }

    /// <summary>Pixels counted.</summary>
    public long Pixels => _counts.Sum();

    /// <summary>Counts, shape [truth, prediction], row-major.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Pixels of class <paramref name="truth"/> that were predicted as <paramref name="prediction"/>.</summary>
    public long this[int truth, int prediction] => _counts[(truth * Classes) + prediction];

    /// <summary>Counts pixels; those whose truth is 255 are left out.</summary>
    /// <param name="truth">Class indices, or 255 for ignore.</param>
    /// <param name="prediction">Class indices, as many as <paramref name="truth"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ, or an index is not below the number of classes; nothing was counted then.</exception>
    public void Add(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction)
    {
        if (truth.Length != prediction.Length)
        {
            throw new ArgumentException($"Truth holds {truth.Length} pixels and prediction {prediction.Length}; expected as many.");
        }

        RefuseOutside(truth, prediction);

        // Row 255 takes the ignored pixels without a branch. Masks are mostly runs: those of one cell are counted at once.
        var table = _table ??= new int[256 * Classes];
        Array.Clear(table);
        for (var start = 0; start < truth.Length; start += Run)
        {
            var end = Math.Min(start + Run, truth.Length);
            if (end - start == Run && IsRun(truth[start..]) && IsRun(prediction[start..]))
            {
                table[(truth[start] * Classes) + prediction[start]] += Run;
                continue;
            }

            for (var i = start; i < end; i++)
                table[(truth[i] * Classes) + prediction[i]]++;
        }

        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += table[i];
    }

    /// <summary>Adds another matrix of as many classes.</summary>
    public void Merge(ConfusionMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Classes != Classes)
        {
            throw new ArgumentException($"A matrix of {other.Classes} classes cannot be added to one of {Classes}.", nameof(other));
        }

        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }
    }

    /// <summary>The scores of these counts.</summary>
    public SegmentationMetrics ToMetrics() => SegmentationMetrics.From(this);

    private static bool IsRun(ReadOnlySpan<byte> indices) =>
        BinaryPrimitives.ReadUInt64LittleEndian(indices) == indices[0] * 0x0101010101010101UL;

    private void RefuseOutside(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction)
    {
        var outside = Vector<byte>.Zero;
        var (classes, ignore) = (new Vector<byte>((byte)Classes), new Vector<byte>(IndexMask.Ignore));
        var i = 0;
        for (; i <= truth.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var row = new Vector<byte>(truth[i..]);
            outside |= Vector.GreaterThanOrEqual(new Vector<byte>(prediction[i..]), classes);
            outside |= Vector.AndNot(Vector.GreaterThanOrEqual(row, classes), Vector.Equals(row, ignore));
        }

        for (i = outside == Vector<byte>.Zero ? i : 0; i < truth.Length; i++)
        {
            if (prediction[i] >= Classes || (truth[i] >= Classes && truth[i] != IndexMask.Ignore))
            {
                throw new ArgumentException(
                    $"A pixel of truth {truth[i]} and prediction {prediction[i]} is outside the {Classes} classes; expected indices below {Classes} (and 255 in the truth for ignore).");
            }
        }
    }
}
