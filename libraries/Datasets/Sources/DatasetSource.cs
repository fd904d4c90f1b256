namespace Maskwright.Datasets;

/// <summary>Where the images and masks of a dataset come from, as a person names it.</summary>
public abstract record DatasetSource
{
    private DatasetSource()
    {
    }

    /// <summary>COCO: annotation files in JSON, and the images they name.</summary>
    /// <param name="Images">Where the images are; at least one place.</param>
    public sealed record Coco(IReadOnlyList<SourceLocation> Images) : DatasetSource
    {
        /// <summary>Where the annotations are; null = at the first place of <see cref="Images"/>.</summary>
        public SourceLocation? Annotations { get; init; }

        /// <summary>Names of the annotation files, at the root of their place or in <c>annotations/</c>; empty = the only <c>instances_*.json</c>.</summary>
        public IReadOnlyList<string> AnnotationFiles { get; init; } = [];
    }

    /// <summary>PASCAL VOC: <c>JPEGImages</c>, <c>SegmentationClass</c> and <c>ImageSets/Segmentation</c>, at the root or in <c>VOCdevkit/*</c>.</summary>
    /// <param name="Location">Where they are.</param>
    /// <param name="ImageSets">Names of the image sets without <c>.txt</c>; empty = <c>train</c> and <c>val</c>.</param>
    public sealed record Voc(SourceLocation Location, IReadOnlyList<string> ImageSets) : DatasetSource;

    /// <summary>Images, and for each a grey or palette PNG whose values are category ids; 0 is the background, 255 is ignored.</summary>
    /// <param name="Images">Where the images are.</param>
    public sealed record Masks(SourceLocation Images) : DatasetSource
    {
        /// <summary>Where the masks are; null = in <c>masks/</c> of <see cref="Images"/>, the images then being in its <c>images/</c>.</summary>
        public SourceLocation? MaskLocation { get; init; }

        /// <summary>What a mask's name has in addition to its image's, before the extension.</summary>
        public string MaskSuffix { get; init; } = "";

        /// <summary>Names of values, 1 to 254; a value without a name is named by its number.</summary>
        public IReadOnlyDictionary<int, string> ValueNames { get; init; } = new Dictionary<int, string>();
    }

    /// <summary>A folder in COCO's layout: annotations at its root or in <c>annotations/</c>, images at its root, in <c>images/</c> or in folders such as <c>val2017/</c>.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="annotationFile">Name of the annotation file; null = the only one.</param>
    public static Coco CocoFolder(string path, string? annotationFile = null) =>
        new([new SourceLocation(path)]) { AnnotationFiles = annotationFile is null ? [] : [annotationFile] };
}
