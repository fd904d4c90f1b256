namespace Maskwright.Segmentation;

/// <summary>Named options to start from.</summary>
public static class TrainingPresets
{
    /// <summary>The report's recipe: 30 epochs, batch 4, 256x256, Adam 1e-4, flips and rotation.</summary>
    public static TrainingOptions Report { get; } = new();

    /// <summary>
    /// Learns the generated scenes in a few minutes on two cores: small images, a large step size that falls to nothing, and
    /// horizontal flips only, for nothing in the scenes stands on its head.
    /// </summary>
    public static TrainingOptions Quickstart { get; } = new()
    {
        Epochs = 12,
        BatchSize = 8,
        ImageSize = 128,
        LearningRate = 2e-3,
        Schedule = LearningRateSchedule.Poly,
        VerticalFlip = 0,
        RotationDegrees = 0,
    };

    /// <summary>The presets by the name a person asks for.</summary>
    public static IReadOnlyDictionary<string, TrainingOptions> ByName { get; } = new Dictionary<string, TrainingOptions>(StringComparer.Ordinal)
    {
        ["report"] = Report,
        ["quickstart"] = Quickstart,
    };
}
