namespace Maskwright.Datasets;

/// <summary>A folder in COCO's layout: where its annotation file is and which of its folders hold images.</summary>
/// <param name="Root">The folder, every link resolved.</param>
/// <param name="AnnotationPath">The annotation file, every link resolved.</param>
/// <param name="ImageFolders">Where to look for images, in this order.</param>
internal sealed record CocoFolder(string Root, string AnnotationPath, IReadOnlyList<string> ImageFolders)
{
    private const string Pattern = "instances_*.json";

    /// <summary>Looks at the folder.</summary>
    /// <exception cref="DatasetException">It is missing, or has no annotation file, or several and no choice was made.</exception>
    public static CocoFolder Open(string directory, string? annotationFile)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        var full = Path.GetFullPath(directory);
        if (!Directory.Exists(full))
        {
            throw NotFound(File.Exists(full)
                ? $"{full} is a file. Give the folder that holds {Pattern} and the images."
                : $"The folder {full} does not exist. Give a folder that holds {Pattern} and the images.");
        }

        var root = RealPath.Of(full);
        var annotations = annotationFile is null ? TheOnlyOne(root) : Named(root, annotationFile);
        return new CocoFolder(root, annotations, ImageFoldersOf(root, annotations));
    }

    private static string TheOnlyOne(string root)
    {
        var found = AnnotationFolders(root)
            .SelectMany(folder => Directory.EnumerateFiles(folder, Pattern))
            .Order(StringComparer.Ordinal)
            .ToList();
        return found switch
        {
            [var only] => Inside(root, only),
            [] => throw NotFound($"{root} has no {Pattern}, neither at its root nor in annotations/. It is not a COCO folder; give one, or name the file by the option {nameof(PreparationOptions.AnnotationFile)}."),
            _ => throw NotFound($"{root} has several annotation files: {string.Join(", ", found.Select(path => Path.GetRelativePath(root, path)))}. Choose one by the option {nameof(PreparationOptions.AnnotationFile)}."),
        };
    }

    private static string Named(string root, string annotationFile)
    {
        if (!RealPath.IsPlainRelative(annotationFile))
            throw new DatasetException(DatasetFailure.InvalidOptions, $"Preparation option {nameof(PreparationOptions.AnnotationFile)}: '{annotationFile}' is not a path below the folder.");
        var path = AnnotationFolders(root).Select(folder => Path.Combine(folder, annotationFile)).FirstOrDefault(File.Exists)
            ?? throw NotFound($"{root} has no annotation file '{annotationFile}', neither at its root nor in annotations/. Correct the option {nameof(PreparationOptions.AnnotationFile)}.");
        return Inside(root, path);
    }

    private static string Inside(string root, string path)
    {
        var real = RealPath.Of(path);
        return RealPath.IsInside(root, real)
            ? real
            : throw NotFound($"{path} is a link to {real}, outside the folder. Put the file itself there.");
    }

    private static IEnumerable<string> AnnotationFolders(string root) =>
        new[] { root, Path.Combine(root, "annotations") }.Where(Directory.Exists);

    /// <summary>The root, <c>images</c>, then folders named for a COCO year, the one of the annotation file first.</summary>
    private static List<string> ImageFoldersOf(string root, string annotationPath)
    {
        var images = Path.Combine(root, "images");
        var parents = new[] { root, images }.Where(Directory.Exists).ToList();
        var subset = Path.GetFileNameWithoutExtension(annotationPath).Replace("instances_", "", StringComparison.Ordinal);
        var years = parents
            .SelectMany(parent => Directory.EnumerateDirectories(parent))
            .Where(folder => folder.EndsWith("2014", StringComparison.Ordinal) || folder.EndsWith("2017", StringComparison.Ordinal))
            .OrderBy(folder => Path.GetFileName(folder) == subset ? 0 : 1)
            .ThenBy(folder => folder, StringComparer.Ordinal);
        return [.. parents, .. years];
    }

    private static DatasetException NotFound(string message) => new(DatasetFailure.SourceNotFound, message);
}
