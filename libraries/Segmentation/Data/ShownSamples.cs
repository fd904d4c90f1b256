namespace Maskwright.Segmentation;

/// <summary>The few samples of a split by which people follow a run.</summary>
public static class ShownSamples
{
    /// <summary>How many there are at most.</summary>
    public const int Most = 8;

    /// <summary>
    /// Chooses samples that show all classes between them: each is the one with the most classes that fewer samples before it
    /// show, of equals the one with the most pixels that are no background, then the first.
    /// </summary>
    /// <param name="split">The split.</param>
    /// <param name="classes">Number of classes, the background included.</param>
    /// <returns>Their indices, ascending.</returns>
    public static IReadOnlyList<int> Choose(SampleCache split, int classes)
    {
        ArgumentNullException.ThrowIfNull(split);
        var shares = split.Samples.Select(sample => sample.Mask.Shares(classes)).ToList();
        var shown = new int[classes];
        var chosen = new List<int>();
        while (chosen.Count < Math.Min(Most, shares.Count))
        {
            var next = Enumerable.Range(0, shares.Count).Except(chosen).MaxBy(index => (Novelty(shares[index], shown), shares[index].Skip(1).Sum()));
            chosen.Add(next);
            for (var c = 0; c < classes; c++)
            {
                shown[c] += shares[next][c] > 0 ? 1 : 0;
            }
        }

        return [.. chosen.Order()];
    }

    private static double Novelty(double[] shares, int[] shown) =>
        Enumerable.Range(1, shares.Length - 1).Where(c => shares[c] > 0).Sum(c => 1.0 / (1 + shown[c]));
}
