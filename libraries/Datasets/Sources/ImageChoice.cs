namespace Maskwright.Datasets;

/// <summary>An image that may be chosen.</summary>
/// <param name="Name">What the lot is drawn by: an id or a name that no other image can change.</param>
/// <param name="Shows">The class indices it shows, from 1, each once.</param>
/// <param name="ClassShare">Share of its pixels that show a class, 0 to 1; of no account unless it is asked for.</param>
internal sealed record ChoiceCandidate(string Name, IReadOnlyList<byte> Shows, double ClassShare);

/// <summary>Which images of a source are taken. The result depends on no order, and one image's lot on no other image.</summary>
internal static class ImageChoice
{
    /// <summary>Chooses.</summary>
    /// <param name="candidates">The images.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="options">What they are chosen by.</param>
    /// <returns>Positions of the chosen ones, ascending.</returns>
    public static IReadOnlyList<int> Choose(IReadOnlyList<ChoiceCandidate> candidates, int classes, PreparationOptions options)
    {
        var least = options.Match == ClassMatch.All ? classes : 1;
        var chosen = Enumerable.Range(0, candidates.Count)
            .Where(i => candidates[i].Shows.Count >= least && (options.MinClassShare == 0 || candidates[i].ClassShare >= options.MinClassShare))
            .ToList();
        if (options.MaxImagesPerClass is null && options.MaxImages is null)
            return chosen;

        chosen = [.. chosen.OrderBy(i => SeededHash.Of(options.Seed, "select", candidates[i].Name)).ThenBy(i => candidates[i].Name, StringComparer.Ordinal)];
        if (options.MaxImagesPerClass is { } mostOfClass)
            chosen = AtMostOfEach(chosen, candidates, classes, mostOfClass);
        if (options.MaxImages is { } most)
            chosen = [.. chosen.Take(most)];
        return [.. chosen.Order()];
    }

    // The rarest class chooses first, or the images that show it would have gone to a common one.
    private static List<int> AtMostOfEach(List<int> drawn, IReadOnlyList<ChoiceCandidate> candidates, int classes, int most)
    {
        var total = Count(drawn.Select(i => candidates[i]), classes);
        var taken = new int[classes + 1];
        var chosen = new HashSet<int>();
        foreach (var index in Enumerable.Range(1, classes).OrderBy(index => total[index]))
        {
            foreach (var i in drawn)
            {
                if (taken[index] >= most)
                    break;
                var shows = candidates[i].Shows;
                if (!shows.Contains((byte)index) || chosen.Contains(i) || shows.Any(other => taken[other] >= most))
                    continue;
                chosen.Add(i);
                foreach (var other in shows)
                    taken[other]++;
            }
        }

        return [.. drawn.Where(chosen.Contains)];
    }

    private static int[] Count(IEnumerable<ChoiceCandidate> candidates, int classes)
    {
        var counts = new int[classes + 1];
        foreach (var candidate in candidates)
            foreach (var index in candidate.Shows)
                counts[index]++;
        return counts;
    }
}
