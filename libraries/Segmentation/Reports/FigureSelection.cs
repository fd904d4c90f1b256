using System.IO.Hashing;
using System.Text;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>Which images a figure shows.</summary>
public enum FigureChoice
{
    /// <summary>By seed and key alone, those with something besides background first: two models show the same images.</summary>
    Seeded,

    /// <summary>Those with the lowest mean IoU.</summary>
    Worst,

    /// <summary>Those with the highest mean IoU.</summary>
    Best,

    /// <summary>For each class the image that shows most of it.</summary>
    PerClass,
}

/// <summary>Keeps the images of a figure while a split passes by: no more of them at any time than the figure has rows.</summary>
/// <param name="choice">Which.</param>
/// <param name="rows">How many at most, at least 1.</param>
/// <param name="seed">Seed of <see cref="FigureChoice.Seeded"/>.</param>
public sealed class FigureSelection(FigureChoice choice, int rows, ulong seed)
{
    private readonly List<(double Rank, int Class, string Key, FigureRow Row)> _kept = [];

    /// <summary>Looks at a sample, and keeps it while it is among the first.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="scores">Its own scores.</param>
    public void Consider(EvaluatedSample sample, SegmentationMetrics scores)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(scores);
        if (choice == FigureChoice.PerClass)
        {
            for (var c = 1; c < scores.Classes.Count; c++)
                ConsiderFor(c, sample, scores);
            return;
        }

        var rank = choice switch
        {
            FigureChoice.Worst => scores.MeanIoU ?? double.PositiveInfinity,
            FigureChoice.Best => -scores.MeanIoU ?? double.PositiveInfinity,
            _ => SeededRank(sample),
        };
        var place = _kept.FindIndex(kept => kept.Rank > rank);
        _kept.Insert(place < 0 ? _kept.Count : place, (rank, 0, sample.Key, Row(sample, scores)));
        if (_kept.Count > rows)
            _kept.RemoveAt(rows);
    }

    /// <summary>Keys of the samples of the rows, in their order.</summary>
    public IReadOnlyList<string> Keys => [.. Chosen.Select(kept => kept.Key)];

    /// <summary>The rows in their order.</summary>
    public IReadOnlyList<FigureRow> ToRows() => [.. Chosen.Select(kept => kept.Row)];

    // By rank, or by class where each class has an image of its own.
    private IEnumerable<(double Rank, int Class, string Key, FigureRow Row)> Chosen => _kept.OrderBy(kept => kept.Class).Take(rows);

    private void ConsiderFor(int index, EvaluatedSample sample, SegmentationMetrics scores)
    {
        var rank = -scores.Classes[index].Support;
        var place = _kept.FindIndex(kept => kept.Class == index);
        if (rank == 0 || (place >= 0 && _kept[place].Rank <= rank))
            return;
        if (place >= 0)
            _kept.RemoveAt(place);
        _kept.Add((rank, index, sample.Key, Row(sample, scores)));
    }

    // Images that show something besides background come first: a figure of empty masks tells nothing.
    private double SeededRank(EvaluatedSample sample)
    {
        var hash = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(sample.Key), unchecked((long)seed)) / (double)ulong.MaxValue;
        return sample.Truth.Pixels.AsSpan().ContainsAnyExcept((byte)0, IndexMask.Ignore) ? hash : 1 + hash;
    }

    private static FigureRow Row(EvaluatedSample sample, SegmentationMetrics scores) =>
        new(sample.Image, sample.Truth, sample.Prediction.Mask, FormattableString.Invariant($"{sample.Key}   mean IoU {scores.MeanIoU:F3}"));
}
