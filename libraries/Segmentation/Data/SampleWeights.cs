namespace Maskwright.Segmentation;

/// <summary>How often each sample of a split is drawn.</summary>
public static class SampleWeights
{
    /// <summary>Every sample once an epoch.</summary>
    public const string Uniform = "uniform";

    /// <summary>
    /// Samples of rare classes more often, by the root of how much rarer than a threshold the rarest of their classes is
    /// (Gupta, Dollár and Girshick 2019, "LVIS", appendix B.2).
    /// </summary>
    public const string RepeatFactor = "repeat_factor";

    /// <summary>Samples of rare classes so much more often that each class appears in a given share of the samples drawn.</summary>
    public const string TargetShare = "target_share";

    private const int Rounds = 100;

    // A class of one image would otherwise fill epochs with that image.
    private const double MostRepeats = 20;

    /// <summary>The ways there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [Uniform, RepeatFactor, TargetShare];

    /// <summary>The weight of each sample, 1 or more before any are divided; null when all are equal.</summary>
    internal static double[]? Of(TrainingOptions options, ClassCounts counts) => options.Sampling switch
    {
        RepeatFactor => RepeatFactors(counts, options.RepeatThreshold),
        TargetShare => Shares(counts, options.TargetShare),
        _ => null,
    };

    private static double[] RepeatFactors(ClassCounts counts, double threshold)
    {
        var factors = Enumerable.Range(0, counts.Classes)
            .Select(index => counts.SamplesOf(index) is > 0 and var samples ? Math.Max(1, Math.Sqrt(threshold * counts.Samples / samples)) : 1)
            .ToArray();
        return [.. Enumerable.Range(0, counts.Samples).Select(sample => Foreground(counts, sample).Select(index => factors[index]).DefaultIfEmpty(1).Max())];
    }

    private static double[] Shares(ClassCounts counts, double target)
    {
        var weights = Enumerable.Repeat(1.0, counts.Samples).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var index = 1; index < counts.Classes; index++)
            {
                var with = Enumerable.Range(0, counts.Samples).Where(sample => counts.Shows(sample, index)).ToList();
                var (inside, all) = (with.Sum(sample => weights[sample]), weights.Sum());
                if (inside == 0 || inside >= target * all)
                {
                    continue;
                }

                // So that inside · factor is the target's share of inside · factor and the rest.
                var factor = target * (all - inside) / ((1 - target) * inside);
                with.ForEach(sample => weights[sample] = Math.Min(weights[sample] * factor, MostRepeats));
            }
        }

        return weights;
    }

    private static IEnumerable<int> Foreground(ClassCounts counts, int sample) =>
        Enumerable.Range(1, counts.Classes - 1).Where(index => counts.Shows(sample, index));
}
