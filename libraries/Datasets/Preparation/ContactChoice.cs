namespace Maskwright.Datasets;

/// <summary>Chooses the images of the contact sheet by a seeded hash, one of each class in turn.</summary>
internal static class ContactChoice
{
    /// <summary>Images on the sheet at most.</summary>
    public const int Most = 24;

    /// <summary>The keys of the chosen images; in every round the rarest class comes first.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<SourceImage> images, ulong seed)
    {
        var shuffled = images.OrderBy(image => SeededHash.Of(seed, "contact", image.Key)).ToList();
        var classes = images.Count == 0 ? 0 : images[0].Instances.Count;
        var ofClasses = Enumerable.Range(1, Math.Max(0, classes - 1))
            .OrderBy(index => images.Count(image => image.Instances[index] > 0))
            .Select(index => shuffled.Where(image => image.Instances[index] > 0).Take(Most));
        return [.. ofClasses
            .SelectMany(ofClass => ofClass.Select((image, round) => (image, round)))
            .OrderBy(entry => entry.round)
            .Select(entry => entry.image)
            .Concat(shuffled)
            .Select(image => image.Key)
            .Distinct(StringComparer.Ordinal)
            .Take(Most)];
    }
}
