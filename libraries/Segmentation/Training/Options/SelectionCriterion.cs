namespace Maskwright.Segmentation;

/// <summary>By what the best epoch of a run is chosen.</summary>
public static class SelectionCriterion
{
    /// <summary>Validation mean IoU.</summary>
    public const string MeanIoU = "val/miou";

    /// <summary>Validation mean Dice.</summary>
    public const string MeanDice = "val/dice";

    /// <summary>Validation mean class accuracy.</summary>
    public const string MeanAccuracy = "val/mean_accuracy";

    /// <summary>Validation pixel accuracy.</summary>
    public const string PixelAccuracy = "val/pixel_accuracy";

    /// <summary>Validation frequency-weighted IoU.</summary>
    public const string FrequencyWeightedIoU = "val/fwiou";

    /// <summary>Validation cross-entropy, the lowest.</summary>
    public const string Loss = "val/loss";

    /// <summary>The names there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [MeanIoU, MeanDice, MeanAccuracy, PixelAccuracy, FrequencyWeightedIoU, Loss];

    /// <summary>An epoch's score, the higher the better; null where it has none.</summary>
    internal static double? Score(string name, SegmentationMetrics validation, double loss) => name switch
    {
        MeanIoU => validation.MeanIoU,
        MeanDice => validation.MeanDice,
        MeanAccuracy => validation.MeanAccuracy,
        PixelAccuracy => validation.PixelAccuracy,
        FrequencyWeightedIoU => validation.FrequencyWeightedIoU,
        Loss => -loss,
        _ => throw new ArgumentException($"Criterion '{name}' is not known; expected one of {string.Join(", ", Names)}.", nameof(name)),
    };
}
