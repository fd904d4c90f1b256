namespace Maskwright.Segmentation;

/// <summary>
/// How far scores would move with another choice of images: images are drawn anew with replacement, as many as there are, and
/// the scores of each drawing are sorted (percentile bootstrap; Efron and Tibshirani 1993, chapter 13). The image is the unit,
/// for pixels of one image depend on each other.
/// </summary>
public static class Bootstrap
{
    /// <summary>Drawings made unless another number is asked for.</summary>
    public const int DefaultDrawings = 1_000;

    private const double Tail = 0.025;

    /// <summary>95% intervals of the scores of one evaluation.</summary>
    /// <param name="images">Counts of every image, all of as many classes.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the drawings.</param>
    /// <param name="drawings">Number of drawings, at least 1.</param>
    public static ScoreIntervals Intervals(IReadOnlyList<ImageCounts> images, int classes, ulong seed, int drawings = DefaultDrawings)
    {
        ArgumentNullException.ThrowIfNull(images);
        var scores = Draw(images.Count, seed, drawings, picks => Sum(images, picks, classes).ToMetrics());
        return new ScoreIntervals(
            Interval(scores.Select(s => s.MeanIoU)),
            Interval(scores.Select(s => s.MeanDice)),
            Interval(scores.Select(s => s.PixelAccuracy)),
            [.. Enumerable.Range(0, classes).Select(c => Interval(scores.Select(s => s.Classes[c].IoU)))]);
    }

    /// <summary>
    /// 95% intervals of how much a second evaluation is above a first one of the same images, both from the same drawings
    /// (paired bootstrap): what makes an image hard for both does not widen them.
    /// </summary>
    /// <param name="first">Counts of every image.</param>
    /// <param name="second">Counts of the same images in the same order.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the drawings.</param>
    /// <param name="drawings">Number of drawings, at least 1.</param>
    /// <exception cref="ArgumentException">The images differ.</exception>
    public static ScoreDifferences Differences(
        IReadOnlyList<ImageCounts> first, IReadOnlyList<ImageCounts> second, int classes, ulong seed, int drawings = DefaultDrawings)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (!first.Select(image => image.Key).SequenceEqual(second.Select(image => image.Key), StringComparer.Ordinal))
            throw new ArgumentException("The two evaluations are of different images; expected the same in the same order.", nameof(second));

        var all = Enumerable.Range(0, first.Count).ToArray();
        var whole = (First: Sum(first, all, classes).ToMetrics(), Second: Sum(second, all, classes).ToMetrics());
        var drawn = Draw(first.Count, seed, drawings, picks => (First: Sum(first, picks, classes).ToMetrics(), Second: Sum(second, picks, classes).ToMetrics()));
        return new ScoreDifferences(
            new ScoreDifference(whole.Second.MeanIoU - whole.First.MeanIoU, Interval(drawn.Select(d => d.Second.MeanIoU - d.First.MeanIoU))),
            [.. Enumerable.Range(0, classes).Select(c => new ScoreDifference(
                whole.Second.Classes[c].IoU - whole.First.Classes[c].IoU,
                Interval(drawn.Select(d => d.Second.Classes[c].IoU - d.First.Classes[c].IoU))))]);
    }

    private static T[] Draw<T>(int images, ulong seed, int drawings, Func<int[], T> score)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(drawings, 1);
        var results = new T[drawings];
        Parallel.For(0, drawings, drawing =>
        {
            var random = new SampleRandom(seed, drawing, sample: -1);
            var picks = new int[images];
            for (var i = 0; i < picks.Length; i++)
                picks[i] = random.NextInt(images);
            results[drawing] = score(picks);
        });
        return results;
    }

    private static ConfusionMatrix Sum(IReadOnlyList<ImageCounts> images, int[] picks, int classes)
    {
        var sum = new long[classes * classes];
        foreach (var pick in picks)
        {
            var counts = images[pick].Counts;
            for (var i = 0; i < sum.Length; i++)
                sum[i] += counts[i];
        }

        return ConfusionMatrix.Of(sum);
    }

    // A class may be absent from a drawing; the interval is over those that have it.
    private static ScoreInterval? Interval(IEnumerable<double?> values)
    {
        var sorted = values.Where(value => value is not null).Select(value => value!.Value).Order().ToArray();
        return sorted.Length == 0 ? null : new ScoreInterval(Quantile(sorted, Tail), Quantile(sorted, 1 - Tail));
    }

    // Linear between order statistics, as numpy.quantile does by default.
    private static double Quantile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }
}

/// <summary>A 95% interval.</summary>
/// <param name="Low">The 2.5% quantile.</param>
/// <param name="High">The 97.5% quantile.</param>
public sealed record ScoreInterval(double Low, double High);

/// <summary>95% intervals of the scores of an evaluation; null where a score has no meaning in any drawing.</summary>
/// <param name="MeanIoU">Of the mean IoU.</param>
/// <param name="MeanDice">Of the mean Dice.</param>
/// <param name="PixelAccuracy">Of the pixel accuracy.</param>
/// <param name="ClassIoU">Of each class's IoU, by class index.</param>
public sealed record ScoreIntervals(
    ScoreInterval? MeanIoU, ScoreInterval? MeanDice, ScoreInterval? PixelAccuracy, IReadOnlyList<ScoreInterval?> ClassIoU);

/// <summary>How far one evaluation is above another.</summary>
/// <param name="Value">Second less first over all images, -1 to 1; null when the score has no meaning in one of them.</param>
/// <param name="Interval">Its 95% interval.</param>
public sealed record ScoreDifference(double? Value, ScoreInterval? Interval)
{
    /// <summary>What the interval allows to say of the second evaluation.</summary>
    public string Verdict => Interval switch
    {
        { Low: > 0 } => "better",
        { High: < 0 } => "worse",
        _ => "no difference at 95%",
    };
}

/// <summary>Differences of two evaluations of the same images.</summary>
/// <param name="MeanIoU">Of the mean IoU.</param>
/// <param name="ClassIoU">Of each class's IoU, by class index.</param>
public sealed record ScoreDifferences(ScoreDifference MeanIoU, IReadOnlyList<ScoreDifference> ClassIoU);
