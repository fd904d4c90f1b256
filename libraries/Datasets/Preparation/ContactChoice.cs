namespace Maskwright.Datasets;

/// <summary>Chooses the images of the contact sheet by a seeded hash, one of each class in turn.</summary>
internal static class ContactChoice
{
    /// <summary>Images on the sheet at most.</summary>
    public const int Most = 24;

    /// <summary>The chosen images; in every round the rarest class comes first.</summary>
    public static IReadOnlyList<ScannedImage> Of(IReadOnlyList<ScannedImage> images, ulong seed)
    {
        var shuffled = images.OrderBy(image => SeededHash.Of(seed, "contact", image.Source.Key)).ToList();
        var classes = images.Count == 0 ? 0 : images[0].Source.Instances.Count;
        var ofClasses = Enumerable.Range(1, Math.Max(0, classes - 1))
            .OrderBy(index => images.Count(image => image.Source.Instances[index] > 0))
            .Select(index => shuffled.Where(image => image.Source.Instances[index] > 0).Take(Most));
        return [.. ofClasses
            .SelectMany(ofClass => ofClass.Select((image, round) => (image, round)))
            .OrderBy(entry => entry.round)
            .Select(entry => entry.image)
            .Concat(shuffled)
            .DistinctBy(image => image.Source.Key, StringComparer.Ordinal)
            .Take(Most)];
    }
}
