using Maskwright.Segmentation.Networks;

namespace Maskwright.Segmentation;

/// <summary>What a run trains with. The defaults are the recipe of the report: see <see cref="TrainingPresets"/>.</summary>
public sealed partial record TrainingOptions
{
    /// <summary>Smallest side of the network's input, in pixels.</summary>
    public const int MinImageSize = 32;

    /// <summary>Largest side of the network's input, in pixels.</summary>
    public const int MaxImageSize = 2048;

    /// <summary>One of <see cref="NetworkOptions.Names"/>.</summary>
    public string Network { get; init; } = NetworkOptions.DeepLabV3MobileNetV3Large;

    /// <summary>Trains an auxiliary head beside the main one; DeepLabV3 only.</summary>
    public bool AuxiliaryHead { get; init; }

    /// <summary>Where the weights begin; null to draw them from the seed.</summary>
    public InitialWeights? InitialWeights { get; init; }

    /// <summary>Epochs at the start in which the backbone stays as it is, 0 to <see cref="Epochs"/>.</summary>
    public int FreezeBackboneEpochs { get; init; }

    /// <summary>Passes over the train split, 1 to 10,000.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>
    /// Images a step, 2 to 1,024. The last step of an epoch may take fewer; a single image left over joins the step before it.
    /// </summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Side of the square that images and masks are resized to, 32 to 2,048 pixels.</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>Seed of weights, dropout, order and augmentation.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>
    /// What convolutions compute in: <c>float32</c>, <c>bfloat16</c>, or <c>float16</c> with a loss scaler (CUDA only). Weights,
    /// normalisations and losses stay in 32 bits.
    /// </summary>
    public string Precision { get; init; } = ComputePrecision.Float32;

    /// <summary>By what the best epoch is chosen: one of <see cref="SelectionCriterion.Names"/>.</summary>
    public string Criterion { get; init; } = SelectionCriterion.MeanIoU;

    /// <summary>Epochs without a better one after which the run ends, 0 to never end early.</summary>
    public int EarlyStoppingEpochs { get; init; }

    /// <summary>
    /// Share that an average of the weights keeps at each step, 0 for no average or up to 0.99999: validation and the kept
    /// weights are then the average's.
    /// </summary>
    public double EmaDecay { get; init; }

    /// <summary>Minutes after which a checkpoint is kept also within an epoch, 0 for only when an epoch has ended, up to 1,440.</summary>
    public double CheckpointMinutes { get; init; } = 5;

    /// <summary>How often a run whose worker process has died is taken up again by itself, 0 to 100.</summary>
    public int MaxRestarts { get; init; } = 3;

    /// <summary>Everything that is wrong with these options; empty when they can be trained with.</summary>
    public IReadOnlyList<OptionError> Validate()
    {
        var check = new OptionCheck();
        check.OneOf(nameof(Network), Network, NetworkOptions.Names);
        check.Require(!AuxiliaryHead || NetworkOptions.HasAuxiliaryHead(Network), nameof(AuxiliaryHead), AuxiliaryHead, $"false: {Network} has no auxiliary head");
        if (InitialWeights?.Problem() is { } problem)
        {
            check.Add(nameof(InitialWeights), problem);
        }

        check.Range(nameof(Epochs), Epochs, 1, 10_000);
        check.Range(nameof(FreezeBackboneEpochs), FreezeBackboneEpochs, 0, Math.Max(Epochs, 0));
        check.Require(BatchSize is >= 2 and <= 1_024, nameof(BatchSize), BatchSize, "2 to 1024 (batch normalisation needs two images)");
        check.Range(nameof(ImageSize), ImageSize, MinImageSize, MaxImageSize, "pixels");
        check.Require(DeviceName.TryParse(Device, out _), nameof(Device), Device, DeviceName.Expected);
        check.OneOf(nameof(Precision), Precision, ComputePrecision.Names);
        check.Require(Precision != ComputePrecision.Float16 || Device != "cpu", nameof(Precision), Precision, "float32 or bfloat16 on the CPU");
        check.OneOf(nameof(Criterion), Criterion, SelectionCriterion.Names);
        check.Range(nameof(EarlyStoppingEpochs), EarlyStoppingEpochs, 0, 10_000);
        check.Range(nameof(EmaDecay), EmaDecay, 0, 0.99999);
        check.Range(nameof(CheckpointMinutes), CheckpointMinutes, 0, 1_440, "minutes");
        check.Range(nameof(MaxRestarts), MaxRestarts, 0, 100);
        CheckLoss(check);
        CheckSampling(check);
        CheckAugmentation(check);
        CheckOptimizer(check);
        return check.Errors;
    }
}
