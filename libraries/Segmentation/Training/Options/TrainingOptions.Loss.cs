namespace Maskwright.Segmentation;

/// <summary>One term of a loss.</summary>
/// <param name="Name">cross_entropy, focal, dice, tversky, focal_tversky or lovasz.</param>
/// <param name="Weight">What it is multiplied by, above 0 and at most 1,000.</param>
public sealed record LossShare(string Name, double Weight = 1);

/// <content>What is minimised.</content>
public sealed partial record TrainingOptions
{
    /// <summary>The terms that are added up; at least one, each name once.</summary>
    public IReadOnlyList<LossShare> Loss { get; init; } = [new("cross_entropy")];

    /// <summary>Weight of the auxiliary head's loss, 0 to 10; torchvision's reference recipe uses 0.5.</summary>
    public double AuxiliaryWeight { get; init; } = 0.5;

    /// <summary>How classes are weighted from the dataset's counts: one of <see cref="ClassWeights.Names"/>.</summary>
    public string ClassWeighting { get; init; } = Segmentation.ClassWeights.None;

    /// <summary>A weight for each class, the background first, each 0 to 1,000; empty to go by <see cref="ClassWeighting"/>.</summary>
    public IReadOnlyList<double> ClassWeights { get; init; } = [];

    /// <summary>Share of cross-entropy's target that is spread over all classes, 0 to 0.9.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Power of the doubt in the focal loss, 0 to 10.</summary>
    public double FocalGamma { get; init; } = 2;

    /// <summary>What a false positive pixel counts in the Tversky index, 0 to 10.</summary>
    public double TverskyAlpha { get; init; } = 0.3;

    /// <summary>What a false negative pixel counts in the Tversky index, 0 to 10.</summary>
    public double TverskyBeta { get; init; } = 0.7;

    /// <summary>The focal Tversky loss is (1 - index)^(1/gamma), gamma 1 to 10.</summary>
    public double FocalTverskyGamma { get; init; } = 4.0 / 3.0;

    private void CheckLoss(OptionCheck check)
    {
        check.Require(Loss.Count > 0, nameof(Loss), "empty", "at least one term");
        foreach (var term in Loss)
        {
            check.OneOf(nameof(Loss), term.Name, LossTerm.Names);
            check.Require(term.Weight is > 0 and <= 1_000, nameof(Loss), $"{term.Name} times {term.Weight}", "a weight above 0 and at most 1000");
        }

        check.Require(Loss.DistinctBy(term => term.Name).Count() == Loss.Count, nameof(Loss), string.Join(", ", Loss.Select(term => term.Name)), "each term once");
        check.Range(nameof(AuxiliaryWeight), AuxiliaryWeight, 0, 10);
        check.OneOf(nameof(ClassWeighting), ClassWeighting, Segmentation.ClassWeights.Names);
        check.Require(
            ClassWeights.All(weight => weight is >= 0 and <= 1_000) && (ClassWeights.Count == 0 || ClassWeights.Any(weight => weight > 0)),
            nameof(ClassWeights), string.Join(", ", ClassWeights), "weights from 0 to 1000, one of them above 0");
        check.Require(
            ClassWeights.Count == 0 || ClassWeighting == Segmentation.ClassWeights.None, nameof(ClassWeights), "given", $"none beside ClassWeighting {ClassWeighting}");
        check.Range(nameof(LabelSmoothing), LabelSmoothing, 0, 0.9);
        check.Range(nameof(FocalGamma), FocalGamma, 0, 10);
        check.Range(nameof(TverskyAlpha), TverskyAlpha, 0, 10);
        check.Range(nameof(TverskyBeta), TverskyBeta, 0, 10);
        check.Range(nameof(FocalTverskyGamma), FocalTverskyGamma, 1, 10);
    }
}
