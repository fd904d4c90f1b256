namespace Maskwright.Segmentation;

/// <content>Which samples an epoch takes.</content>
public sealed partial record TrainingOptions
{
    /// <summary>How samples are drawn: one of <see cref="SampleWeights.Names"/>. An epoch is always as long as the train split.</summary>
    public string Sampling { get; init; } = SampleWeights.Uniform;

    /// <summary>
    /// For <c>repeat_factor</c>: a class in fewer than this share of the images is repeated, by the root of the ratio; above 0
    /// and at most 1.
    /// </summary>
    public double RepeatThreshold { get; init; } = 0.25;

    /// <summary>For <c>target_share</c>: the share of an epoch's samples that each class is to appear in, above 0 and at most 0.5.</summary>
    public double TargetShare { get; init; } = 0.2;

    private void CheckSampling(OptionCheck check)
    {
        check.OneOf(nameof(Sampling), Sampling, SampleWeights.Names);
        check.Require(RepeatThreshold is > 0 and <= 1, nameof(RepeatThreshold), RepeatThreshold, "above 0 and at most 1");
        check.Require(TargetShare is > 0 and <= 0.5, nameof(TargetShare), TargetShare, "above 0 and at most 0.5");
    }
}
