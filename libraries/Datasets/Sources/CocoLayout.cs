namespace Maskwright.Datasets;

/// <summary>Where COCO puts its annotations and images.</summary>
internal static class CocoLayout
{
    private const string Prefix = "instances_";
    private const string Pattern = "instances_*.json";
    private static readonly string[] AnnotationFolders = ["", "annotations"];

    /// <summary>The annotation files to read, as names within their place.</summary>
    /// <param name="files">Where the annotations are.</param>
    /// <param name="asked">Their names; empty for the only one, or the one that belongs to the images.</param>
    /// <param name="images">Where the images are.</param>
    /// <exception cref="DatasetException">One is missing, or there are several and nothing says which.</exception>
    public static IReadOnlyList<string> FindAnnotations(SourceFiles files, IReadOnlyList<string> asked, IReadOnlyList<SourceFiles> images) =>
        asked.Count > 0 ? [.. asked.Select(name => Named(files, name))] : [TheOnlyOne(files, images)];

    /// <summary>Where to look for images, in this order: the root, <c>images</c>, then folders named for a COCO year, the one of the annotation file first.</summary>
    public static IEnumerable<string> ImageFolders(SourceFiles files, IReadOnlyList<string> annotationNames)
    {
        string[] parents = files.FoldersIn("").Contains("images") ? ["", "images"] : [""];
        var subsets = annotationNames.Select(Subset).ToHashSet(StringComparer.Ordinal);
        var years = parents
            .SelectMany(parent => files.FoldersIn(parent).Where(IsOfAYear).Select(name => SourceFiles.Join(parent, name)))
            .OrderBy(folder => subsets.Contains(folder.Split('/')[^1]) ? 0 : 1)
            .ThenBy(folder => folder, StringComparer.Ordinal);
        return [.. parents, .. years];
    }

    private static string TheOnlyOne(SourceFiles files, IReadOnlyList<SourceFiles> images)
    {
        var found = AnnotationFolders
            .SelectMany(folder => files.FilesIn(folder).Where(IsAnnotations).Select(name => SourceFiles.Join(folder, name)))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (found.Count > 1)
        {
            var subsets = images.SelectMany(place => ImageFolders(place, [])).Select(folder => folder.Split('/')[^1]).ToHashSet(StringComparer.Ordinal);
            var ofImages = found.Where(name => subsets.Contains(Subset(name))).ToList();
            found = ofImages.Count == 1 ? ofImages : found;
        }

        return found switch
        {
            [var only] => only,
            [] => throw NotFound($"{files.Name} has no {Pattern}, neither at its root nor in annotations/. It is not in COCO's layout; give another place, or name the annotation file."),
            _ => throw NotFound($"{files.Name} has several annotation files: {string.Join(", ", found)}. Name the one to take."),
        };
    }

    private static string Named(SourceFiles files, string asked)
    {
        if (!RealPath.IsPlainRelative(asked))
            throw new DatasetException(DatasetFailure.InvalidOptions, $"The annotation file '{asked}' is not a path below {files.Name}.");
        return AnnotationFolders.Select(folder => SourceFiles.Join(folder, asked)).FirstOrDefault(files.Contains)
            ?? throw NotFound($"{files.Name} has no annotation file '{asked}', neither at its root nor in annotations/. Correct the name.");
    }

    private static bool IsAnnotations(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal);

    private static bool IsOfAYear(string folder) =>
        folder.EndsWith("2014", StringComparison.Ordinal) || folder.EndsWith("2017", StringComparison.Ordinal);

    private static string Subset(string annotationName) =>
        Path.GetFileNameWithoutExtension(annotationName).Replace(Prefix, "", StringComparison.Ordinal);

    private static DatasetException NotFound(string message) => new(DatasetFailure.SourceNotFound, message);
}
