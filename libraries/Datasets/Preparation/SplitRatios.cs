namespace Maskwright.Datasets;

/// <summary>
/// Splits by ratios: a seeded hash of a file's content decides, and nothing else. Adding or removing other files moves none.
/// </summary>
internal sealed class SplitRatios
{
    private readonly (double Lower, double Upper)[] _bounds;

    public SplitRatios(PreparationOptions options)
    {
        var sum = options.TrainRatio + options.ValRatio + options.TestRatio;
        Shares = [options.TrainRatio / sum, options.ValRatio / sum, options.TestRatio / sum];
        var second = (options.TrainRatio + options.ValRatio) / sum;
        _bounds = [(0, Shares[0]), (Shares[0], second), (second, double.PositiveInfinity)];
    }

    /// <summary>Shares of train, val and test; they sum to 1.</summary>
    public IReadOnlyList<double> Shares { get; }

    /// <summary>The split of each file, by position.</summary>
    /// <remarks>
    /// In a small dataset the thresholds may leave a split without a file. It then takes the one whose hash lies nearest
    /// from the split that has most.
    /// </remarks>
    public int[] Assign(IReadOnlyList<SplitFile> files, ulong seed)
    {
        var at = files.Select(file => Position(file.Sha256, seed)).ToArray();
        var split = Array.ConvertAll(at, position => Array.FindIndex(_bounds, bound => position < bound.Upper));
        for (var empty = 0; empty < _bounds.Length; empty++)
        {
            if (split.Contains(empty))
                continue;
            var most = split.CountBy(index => index).MaxBy(count => count.Value).Key;
            var (lower, upper) = _bounds[empty];
            var nearest = Enumerable.Range(0, at.Length).Where(i => split[i] == most).MinBy(i => Math.Max(lower - at[i], at[i] - upper));
            split[nearest] = empty;
        }

        return split;
    }

    /// <summary>The file's place between 0 and 1.</summary>
    private static double Position(FileDigest sha256, ulong seed) => SeededHash.Of(seed, "split", sha256.ToString()) / 18446744073709551616.0;
}
