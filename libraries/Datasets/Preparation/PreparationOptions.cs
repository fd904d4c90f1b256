namespace Maskwright.Datasets;

/// <summary>How a COCO folder becomes a dataset. Equal options and equal input give equal datasets.</summary>
public sealed record PreparationOptions
{
    /// <summary>The five classes of the default: person, bicycle, car, motorcycle, airplane.</summary>
    public static IReadOnlyList<string> DefaultClasses { get; } = ["person", "bicycle", "car", "motorcycle", "airplane"];

    /// <summary>COCO category names in the order of their class indices 1, 2, …; index 0 is the background. 1 to 254 names.</summary>
    public IReadOnlyList<string> Classes { get; init; } = DefaultClasses;

    /// <summary>Share of the images in the train split, relative to the other two; above 0.</summary>
    public double TrainRatio { get; init; } = 8;

    /// <summary>Share of the images in the val split; above 0.</summary>
    public double ValRatio { get; init; } = 1;

    /// <summary>Share of the images in the test split; above 0.</summary>
    public double TestRatio { get; init; } = 1;

    /// <summary>Seed of the split and of the choice that <see cref="MaxImages"/> makes.</summary>
    public ulong Seed { get; init; }

    /// <summary>At most this many images, chosen by a seeded hash of their ids; null = all that show one of the classes.</summary>
    public int? MaxImages { get; init; }

    /// <summary>Size at which a shard is closed, in bytes: 1 MiB to 1 GiB.</summary>
    public long ShardTargetBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Name of the annotation file, at the root of the folder or in <c>annotations/</c>; null = the only <c>instances_*.json</c> there.</summary>
    public string? AnnotationFile { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="DatasetException">An option is outside its range (<see cref="DatasetFailure.InvalidOptions"/>).</exception>
    public void Validate()
    {
        Require(Classes is { Count: >= 1 and <= 254 }, $"{nameof(Classes)}: 1 to 254 category names are needed");
        Require(Classes.All(name => !string.IsNullOrWhiteSpace(name)), $"{nameof(Classes)}: a name is empty");
        Require(!Classes.Contains("background"), $"{nameof(Classes)}: 'background' is index 0 always; leave it out");
        var twice = Classes.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        Require(twice is null, $"{nameof(Classes)}: '{twice?.Key}' occurs more than once");
        CheckRatio(TrainRatio, nameof(TrainRatio));
        CheckRatio(ValRatio, nameof(ValRatio));
        CheckRatio(TestRatio, nameof(TestRatio));
        Require(MaxImages is null or >= 1, $"{nameof(MaxImages)}: {MaxImages} is not 1 or more; leave it out to take all");
        Require(ShardTargetBytes is >= 1 << 20 and <= 1 << 30, $"{nameof(ShardTargetBytes)}: {ShardTargetBytes} is not within 1 MiB and 1 GiB");
    }

    private static void CheckRatio(double ratio, string name) =>
        Require(ratio is > 0 and <= 1e6, $"{name}: {ratio} is not above 0 and at most 1,000,000");

    private static void Require(bool holds, string problem)
    {
        if (!holds)
            throw new DatasetException(DatasetFailure.InvalidOptions, $"Preparation option {problem}.");
    }
}
