namespace Maskwright.Datasets;

/// <summary>
/// Which image belongs to which split. A seeded hash of the file's content decides, and nothing else: adding or
/// removing other images moves none, and identical files never lie in two splits.
/// </summary>
internal static class SplitAssignment
{
    /// <summary>The names of the splits in their order.</summary>
    public static readonly string[] Names = ["train", "val", "test"];

    /// <summary>Assigns a split to each image, by position.</summary>
    /// <remarks>
    /// In a small dataset the thresholds may leave a split without an image. It then takes the one whose hash lies
    /// nearest from the split that has most, as long as there are three different files.
    /// </remarks>
    /// <exception cref="DatasetException">There are fewer than three different files.</exception>
    public static string[] Assign(IReadOnlyList<string> contentDigests, PreparationOptions options)
    {
        var bounds = Bounds(options);
        var files = contentDigests
            .Distinct(StringComparer.Ordinal)
            .Select(digest => (Digest: digest, At: Position(digest, options.Seed)))
            .OrderBy(file => file.At)
            .ToList();
        if (files.Count < Names.Length)
            throw new DatasetException(DatasetFailure.TooFewImages, $"A split would be empty: only {files.Count} different image(s) show one of the classes, and train, val and test need one each. Give more images or more classes.");

        var split = files.ToDictionary(file => file.Digest, file => Array.FindIndex(bounds, bound => file.At < bound.Upper), StringComparer.Ordinal);
        for (var empty = 0; empty < Names.Length; empty++)
        {
            if (split.ContainsValue(empty))
                continue;
            var most = split.Values.CountBy(index => index).MaxBy(count => count.Value).Key;
            var (lower, upper) = bounds[empty];
            var nearest = files.Where(file => split[file.Digest] == most).MinBy(file => Math.Max(lower - file.At, file.At - upper));
            split[nearest.Digest] = empty;
        }

        return [.. contentDigests.Select(digest => Names[split[digest]])];
    }

    private static (double Lower, double Upper)[] Bounds(PreparationOptions options)
    {
        var sum = options.TrainRatio + options.ValRatio + options.TestRatio;
        var (first, second) = (options.TrainRatio / sum, (options.TrainRatio + options.ValRatio) / sum);
        return [(0, first), (first, second), (second, double.PositiveInfinity)];
    }

    /// <summary>The file's place between 0 and 1.</summary>
    private static double Position(string digest, ulong seed) => SeededHash.Of(seed, "split", digest) / 18446744073709551616.0;
}
