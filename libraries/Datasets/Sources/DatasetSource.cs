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

    /// <summary>A folder in COCO's layout: annotations at its root or in <c>annotations/</c>, images at its root, in <c>images/</c> or in folders such as <c>val2017/</c>.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="annotationFile">Name of the annotation file; null = the only one.</param>
    public static Coco CocoFolder(string path, string? annotationFile = null) =>
        new([new SourceLocation(path)]) { AnnotationFiles = annotationFile is null ? [] : [annotationFile] };
}

/// <summary>Where files are.</summary>
/// <param name="Uri">Path of a folder, a <c>.zip</c> or a file; an http(s) URL of a <c>.zip</c> or a file; <c>s3://BUCKET/PREFIX</c>.</param>
/// <param name="Sha256">SHA-256 of the file behind a URL, hexadecimal; null = not checked.</param>
public sealed record SourceLocation(string Uri, string? Sha256 = null);
