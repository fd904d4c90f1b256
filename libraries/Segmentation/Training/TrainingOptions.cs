using Maskwright.Segmentation.Networks;

namespace Maskwright.Segmentation;

/// <summary>What a run trains with. The defaults are the recipe of the report: see <see cref="TrainingPresets.Report"/>.</summary>
public sealed record TrainingOptions
{
    /// <summary>Smallest side of the network's input, in pixels.</summary>
    public const int MinImageSize = 32;

    /// <summary>Largest side of the network's input, in pixels.</summary>
    public const int MaxImageSize = 2048;

    /// <summary>One of <see cref="NetworkOptions.Names"/>.</summary>
    public string Network { get; init; } = NetworkOptions.DeepLabV3MobileNetV3Large;

    /// <summary>Passes over the train split, 1 to 10,000.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>
    /// Images a step, 2 to 1,024. The last step of an epoch may take fewer; a single image left over joins the step before it.
    /// </summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Side of the square that images and masks are resized to, 32 to 2,048 pixels.</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>Adam's step size, above 0 and at most 1 (Kingma and Ba 2015; betas 0.9 and 0.999).</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>How the step size changes over the run: one of <see cref="LearningRateSchedule.Names"/>.</summary>
    public string Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Seed of weights, dropout, order and augmentation.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Probability of a horizontal flip, 0 to 1.</summary>
    public double HorizontalFlip { get; init; } = 0.5;

    /// <summary>Probability of a vertical flip, 0 to 1.</summary>
    public double VerticalFlip { get; init; } = 0.5;

    /// <summary>Images are turned by an angle drawn from [-x, x] degrees, 0 to 180.</summary>
    public double RotationDegrees { get; init; } = 15;

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Everything that is wrong with these options; empty when they can be trained with.</summary>
    public IReadOnlyList<OptionError> Validate()
    {
        var errors = new List<OptionError>();
        Require(NetworkOptions.Names.Contains(Network), nameof(Network), Network, $"one of {string.Join(", ", NetworkOptions.Names)}");
        Require(Epochs is >= 1 and <= 10_000, nameof(Epochs), Epochs, "1 to 10000");
        Require(BatchSize is >= 2 and <= 1_024, nameof(BatchSize), BatchSize, "2 to 1024 (batch normalisation needs two images)");
        Require(ImageSize is >= MinImageSize and <= MaxImageSize, nameof(ImageSize), ImageSize, $"{MinImageSize} to {MaxImageSize} pixels");
        Require(LearningRate is > 0 and <= 1, nameof(LearningRate), LearningRate, "above 0 and at most 1");
        Require(LearningRateSchedule.Names.Contains(Schedule), nameof(Schedule), Schedule, $"one of {string.Join(", ", LearningRateSchedule.Names)}");
        Require(HorizontalFlip is >= 0 and <= 1, nameof(HorizontalFlip), HorizontalFlip, "a probability from 0 to 1");
        Require(VerticalFlip is >= 0 and <= 1, nameof(VerticalFlip), VerticalFlip, "a probability from 0 to 1");
        Require(RotationDegrees is >= 0 and <= 180, nameof(RotationDegrees), RotationDegrees, "0 to 180 degrees");
        Require(DeviceName.TryParse(Device, out _), nameof(Device), Device, DeviceName.Expected);
        return errors;

        void Require(bool holds, string field, object value, string expected)
        {
            if (!holds)
            {
                errors.Add(new OptionError(field, FormattableString.Invariant($"{field} is {value}; expected {expected}.")));
            }
        }
    }
}

/// <summary>One option that cannot be used.</summary>
/// <param name="Field">The property's name, e.g. <c>BatchSize</c>.</param>
/// <param name="Message">What it is and what was expected.</param>
public sealed record OptionError(string Field, string Message);
