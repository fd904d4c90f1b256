using Maskwright.Datasets;

namespace Maskwright.Segmentation;

/// <summary>How much each class counts in a loss.</summary>
public static class ClassWeights
{
    /// <summary>Every class counts the same.</summary>
    public const string None = "none";

    /// <summary>One over the class's share of the valid pixels, over the number of classes that occur: a class of the average share has 1.</summary>
    public const string InverseFrequency = "inverse_frequency";

    /// <summary>The median of the classes' frequencies in the images that show them, over the class's own (Eigen and Fergus 2015).</summary>
    public const string MedianFrequency = "median_frequency";

    /// <summary>The ways there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [None, InverseFrequency, MedianFrequency];

    /// <summary>The weights that options ask for: those given, or those of the train split's counts.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="statistics">Counts of the dataset.</param>
    /// <returns>One weight a class, by index; null when every class counts the same. A class that the train split does not show has 1.</returns>
    /// <exception cref="TrainingException">As many weights as classes are expected.</exception>
    public static IReadOnlyList<double>? Resolve(TrainingOptions options, DatasetStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(statistics);
        var train = statistics.Splits["train"];
        if (options.ClassWeights.Count > 0)
        {
            return options.ClassWeights.Count == train.Classes.Count
                ? options.ClassWeights
                : throw new TrainingException($"ClassWeights has {options.ClassWeights.Count} values and the dataset {train.Classes.Count} classes; expected one for each, the background first.");
        }

        return options.ClassWeighting switch
        {
            InverseFrequency => InverseFrequencies(train),
            MedianFrequency => [.. statistics.ClassWeights.Select(weight => weight ?? 1)],
            _ => null,
        };
    }

    private static IReadOnlyList<double> InverseFrequencies(SplitStatistics split)
    {
        var occurring = split.Classes.Count(c => c.Pixels > 0);
        return [.. split.Classes.Select(c => c.Pixels > 0 ? (double)split.ValidPixels / (occurring * c.Pixels) : 1)];
    }
}
