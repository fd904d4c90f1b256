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
    private const int Turns = 4;

    // Beyond, the tables of the turns would no longer fit the nearest cache.
    private const int MostInTurns = 8;

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

        // Row 255 takes the ignored pixels without a branch. Neighbouring pixels mostly fall into one cell: counting in turns
        // keeps each count from waiting for the one before it.
        var turns = Classes <= MostInTurns ? Turns : 1;
        var cells = 256 * Classes;
        var table = _table ??= new int[turns * cells];
        Array.Clear(table);
        for (var i = 0; i < truth.Length; i++)
            table[((i % turns) * cells) + (truth[i] * Classes) + prediction[i]]++;
        for (var i = 0; i < turns * cells; i++)
        {
            if (i % cells < _counts.Length)
                _counts[i % cells] += table[i];
        }
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
