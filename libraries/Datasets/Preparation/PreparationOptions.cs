using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>How a source becomes a dataset. Equal options and equal input give equal datasets.</summary>
public sealed record PreparationOptions
{
    /// <summary>The five classes of the default for COCO: person, bicycle, car, motorcycle, airplane.</summary>
    public static IReadOnlyList<string> DefaultClasses { get; } = ["person", "bicycle", "car", "motorcycle", "airplane"];

    /// <summary>
    /// The classes in the order of their indices 1, 2, …; index 0 is the background. Each is the name or the id of a
    /// category, or the name of a class of <see cref="Categories"/>. At most 254; empty = the source's own: for COCO
    /// <see cref="DefaultClasses"/>, otherwise all of its categories. Classes asked for must not be empty.
    /// </summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Classes made of other categories than the one of their name: names or ids of categories, by name of the class.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Categories { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Which images are taken by the classes they show.</summary>
    public ClassMatch Match { get; init; }

    /// <summary>Least share of an image's pixels that must show a class, 0 to 1.</summary>
    public double MinClassShare { get; init; }

    /// <summary>Annotations with a smaller area are left out, in pixels; 0 or more.</summary>
    public double MinAnnotationArea { get; init; }

    /// <summary>At most this many images of each class, chosen by a seeded hash of their ids, the rarest class first; null = all.</summary>
    public int? MaxImagesPerClass { get; init; }

    /// <summary>At most this many images, chosen by a seeded hash of their ids; null = all.</summary>
    public int? MaxImages { get; init; }

    /// <summary>What a pixel shows where annotations overlap.</summary>
    public OverlapPolicy Overlap { get; init; }

    /// <summary>What becomes of crowds.</summary>
    public CrowdPolicy Crowds { get; init; }

    /// <summary>The size that images and masks get; null = as they are.</summary>
    public ResizeOptions? Resize { get; init; }

    /// <summary>Quality of images that are encoded again, 1 to 100; of no account to JPEG sources that are kept bit for bit.</summary>
    public int JpegQuality { get; init; } = 95;

    /// <summary>What decides the split of an image.</summary>
    public SplitKind Split { get; init; }

    /// <summary>Share of the images in the train split, relative to the other two; above 0. Three shares of at most 1 must sum to 1.</summary>
    public double TrainRatio { get; init; } = 8;

    /// <summary>Share of the images in the val split; above 0.</summary>
    public double ValRatio { get; init; } = 1;

    /// <summary>Share of the images in the test split; above 0.</summary>
    public double TestRatio { get; init; } = 1;

    /// <summary>Keep each class's share of images in every split near the ratio; adding images may then move others.</summary>
    public bool Stratified { get; init; }

    /// <summary>For <see cref="SplitKind.Lists"/>: image ids or file names by "train", "val" and "test".</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> SplitLists { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Seed of the split and of every choice by lot.</summary>
    public ulong Seed { get; init; }

    /// <summary>Size at which a shard is closed, in bytes: 1 MiB to 1 GiB.</summary>
    public long ShardTargetBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>What becomes of images and annotations that cannot be used.</summary>
    public BadInputPolicy BadInput { get; init; }

    /// <summary>With <see cref="BadInputPolicy.Skip"/>: the largest share of images, and of annotations, that may be skipped; above 0, at most 1.</summary>
    public double MaxSkippedShare { get; init; } = 0.05;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="DatasetException">An option is outside its range (<see cref="DatasetFailure.InvalidOptions"/>).</exception>
    public void Validate() => PreparationOptionsCheck.Check(this);
}
