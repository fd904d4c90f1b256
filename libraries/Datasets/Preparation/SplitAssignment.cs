namespace Maskwright.Datasets;

/// <summary>Which image belongs to which split. Identical files never lie in two.</summary>
internal static class SplitAssignment
{
    /// <summary>The names of the splits in their order.</summary>
    public static readonly string[] Names = ["train", "val", "test"];

    /// <summary>Assigns a split to each image, by position; null to one that is left out.</summary>
    /// <exception cref="DatasetException">A split would be empty, or lists or source contradict the images.</exception>
    public static string?[] Assign(IReadOnlyList<SplitCandidate> images, PreparationOptions options) => options.Split switch
    {
        SplitKind.Ratios => ByRatios(images, options),
        SplitKind.Lists => ByLists(images, options.SplitLists),
        SplitKind.Source => Given(images, [.. images.Select(image => image.SourceSplit)], "the source"),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Split, "Unknown kind of split."),
    };

    private static string?[] ByRatios(IReadOnlyList<SplitCandidate> images, PreparationOptions options)
    {
        var files = images.GroupBy(image => image.Sha256).Select(SplitFile.Of).ToList();
        if (files.Count < Names.Length)
            throw new DatasetException(DatasetFailure.TooFewImages, $"A split would be empty: only {files.Count} different image(s) show one of the classes, and train, val and test need one each. Give more images or more classes.");

        var ratios = new SplitRatios(options);
        var split = ratios.Assign(files, options.Seed);
        if (options.Stratified)
            Stratification.Balance(files, split, ratios.Shares);
        var byDigest = files.Select((file, i) => (file.Sha256, split[i])).ToDictionary();
        return [.. images.Select(image => Names[byDigest[image.Sha256]])];
    }

    private static string?[] ByLists(IReadOnlyList<SplitCandidate> images, IReadOnlyDictionary<string, IReadOnlyList<string>> lists)
    {
        var listed = lists.SelectMany(list => list.Value.Select(name => (name, list.Key))).ToDictionary(StringComparer.Ordinal);
        var unknown = listed.Keys.Except(images.SelectMany(image => image.Names), StringComparer.Ordinal).ToList();
        Refuse(
            DatasetFailure.InvalidOptions,
            $"Preparation option {nameof(PreparationOptions.SplitLists)}: these are neither ids nor file names of images that were chosen. Correct the lists, or what the images are chosen by:",
            unknown.Order(StringComparer.Ordinal).Select(name => $"'{name}' ({listed[name]})"));

        var split = new string?[images.Count];
        for (var i = 0; i < images.Count; i++)
        {
            var found = images[i].Names.Where(listed.ContainsKey).Select(name => listed[name]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            split[i] = found.Count <= 1
                ? found.FirstOrDefault()
                : throw new DatasetException(DatasetFailure.InvalidOptions, $"Preparation option {nameof(PreparationOptions.SplitLists)}: the image {images[i].ImageId} is listed by its id and by its name '{images[i].FileName}', in {string.Join(" and ", found)}. List it once.");
        }

        foreach (var name in lists.Keys.Where(name => !split.Contains(name)))
            throw new DatasetException(DatasetFailure.TooFewImages, $"The split {name} would be empty: its list names no image. Fill the list, or leave it out.");
        return Given(images, split, "the lists");
    }

    /// <summary>Checks a split that is not ours to choose.</summary>
    private static string?[] Given(IReadOnlyList<SplitCandidate> images, string?[] split, string by)
    {
        if (!split.Contains(Names[0]))
            throw new DatasetException(DatasetFailure.TooFewImages, $"The split {Names[0]} would be empty: {by} put(s) no image there. Correct them, or split by ratios.");
        var files = images.Zip(split).Where(pair => pair.Second is not null).GroupBy(pair => pair.First.Sha256);
        Refuse(
            DatasetFailure.BadImages,
            $"Identical files would lie in different splits as {by} put(s) them; what is trained on would also be measured on. Remove one of each, or split by ratios:",
            files.Where(same => same.DistinctBy(pair => pair.Second).Count() > 1)
                .Select(file => string.Join(" and ", file.Select(pair => $"{pair.First.FileName} (image {pair.First.ImageId}, {pair.Second})"))));
        return split;
    }

    // Skipping would change what was asked for: these always fail.
    private static void Refuse(DatasetFailure failure, string heading, IEnumerable<string> problems)
    {
        var bad = new BadInput(BadInputPolicy.Fail, maxSkippedShare: 1);
        foreach (var problem in problems)
            bad.Add(BadInputKind.Image, failure, heading, problem);
        bad.ThrowIfTooMuch();
    }
}
