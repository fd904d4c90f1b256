namespace Maskwright.Datasets;

/// <summary>Counts of a dataset.</summary>
public sealed record DatasetStatistics
{
    /// <summary>The version of this form that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Counts of "train", "val" and "test".</summary>
    public required IReadOnlyDictionary<string, SplitStatistics> Splits { get; init; }

    /// <summary>Means of red, green and blue over the pixels of the train split's source images, 0 to 1.</summary>
    public required IReadOnlyList<double> ChannelMean { get; init; }

    /// <summary>Standard deviations of red, green and blue over the pixels of the train split's source images, 0 to 1; see <see cref="Maskwright.Imaging.JpegCheck"/>.</summary>
    public required IReadOnlyList<double> ChannelStd { get; init; }

    /// <summary>Median-frequency weight of each class index over the train split; null for a class that does not occur there.</summary>
    public required IReadOnlyList<double?> ClassWeights { get; init; }

    /// <summary>
    /// Inverse-frequency weight of each class index over the train split: its valid pixels over the number of classes
    /// that occur and the class's own pixels; null for a class that does not occur there.
    /// </summary>
    public IReadOnlyList<double?> InverseFrequencyWeights { get; init; } = [];

    /// <summary>Samples on the contact sheet, in its order.</summary>
    public IReadOnlyList<string> ContactSheet { get; init; } = [];

    /// <summary>What was left out because it cannot be used; null when nothing was.</summary>
    public SkippedInput? Skipped { get; init; }
}

/// <summary>Counts of one split.</summary>
/// <param name="Images">Images in it.</param>
/// <param name="ValidPixels">Pixels that have a class index, the background's included.</param>
/// <param name="IgnoredPixels">Pixels of value 255.</param>
/// <param name="Classes">By class index.</param>
public sealed record SplitStatistics(long Images, long ValidPixels, long IgnoredPixels, IReadOnlyList<ClassStatistics> Classes)
{
    /// <summary>Images whose mask shows both classes, by class index twice: [Classes, Classes]. On the diagonal: the class's own.</summary>
    public IReadOnlyList<IReadOnlyList<long>> CoOccurrence { get; init; } = [];

    /// <summary>Images by width in pixels.</summary>
    public IReadOnlyList<HistogramBin> Widths { get; init; } = [];

    /// <summary>Images by height in pixels.</summary>
    public IReadOnlyList<HistogramBin> Heights { get; init; } = [];

    /// <summary>Images by width over height.</summary>
    public IReadOnlyList<HistogramBin> Aspects { get; init; } = [];
}

/// <summary>Counts of one class in one split.</summary>
/// <param name="Index">Its index in the masks.</param>
/// <param name="Name">Its name.</param>
/// <param name="Images">Images whose mask shows it.</param>
/// <param name="Instances">Annotations of it, crowds not counted; 0 for the background.</param>
/// <param name="Pixels">Its pixels.</param>
public sealed record ClassStatistics(int Index, string Name, long Images, long Instances, long Pixels);

/// <summary>One bin of a histogram; bins that no image falls into are left out.</summary>
/// <param name="From">Lower bound, included.</param>
/// <param name="To">Upper bound, not included.</param>
/// <param name="Images">Images in it.</param>
public sealed record HistogramBin(double From, double To, long Images);

/// <summary>Input that was left out under <see cref="BadInputPolicy.Skip"/>.</summary>
/// <param name="Images">Images.</param>
/// <param name="Annotations">Annotations of images that are kept, or of none.</param>
/// <param name="Causes">The first 1,000, each with its cause.</param>
public sealed record SkippedInput(long Images, long Annotations, IReadOnlyList<string> Causes);
