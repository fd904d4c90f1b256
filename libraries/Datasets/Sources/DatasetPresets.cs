namespace Maskwright.Datasets;

/// <summary>A well-known dataset.</summary>
/// <param name="Name">What it is asked for by.</param>
/// <param name="Options">How it is made.</param>
/// <param name="Publisher">Where its files are published.</param>
/// <param name="ImagesPath">Path of the zip of images there.</param>
/// <param name="AnnotationsPath">Path of the zip of annotations there.</param>
/// <param name="AnnotationFile">The annotation file in that.</param>
public sealed record DatasetPreset(
    string Name, PreparationOptions Options, Uri Publisher, string ImagesPath, string AnnotationsPath, string AnnotationFile)
{
    /// <summary>Its source.</summary>
    /// <param name="mirror">A mirror of the publisher's layout; null = the publisher.</param>
    public DatasetSource.Coco SourceAt(Uri? mirror)
    {
        var root = (mirror ?? Publisher).AbsoluteUri.TrimEnd('/');
        return new DatasetSource.Coco([new SourceLocation($"{root}/{ImagesPath}")])
        {
            Annotations = new SourceLocation($"{root}/{AnnotationsPath}"),
            AnnotationFiles = [AnnotationFile],
        };
    }
}

/// <summary>The well-known datasets.</summary>
public static class DatasetPresets
{
    /// <summary>COCO 2014 val: person, bicycle, car, motorcycle and airplane, at most 8,000 images, 8:1:1 into train, val and test.</summary>
    public static DatasetPreset Coco2014Val5 { get; } = new(
        "coco2014-val-5",
        new PreparationOptions { Classes = PreparationOptions.DefaultClasses, MaxImages = 8000, TrainRatio = 8, ValRatio = 1, TestRatio = 1 },
        new Uri("http://images.cocodataset.org"),
        "zips/val2014.zip",
        "annotations/annotations_trainval2014.zip",
        "instances_val2014.json");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DatasetPreset> All { get; } = [Coco2014Val5];
}
