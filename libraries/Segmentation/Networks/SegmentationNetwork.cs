using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>A network that scores every pixel for every class.</summary>
/// <remarks>
/// Forward takes normalised images <c>[N, 3, H, W]</c> (32-bit float, any memory order) and returns scores at the same height
/// and width. Parameter and buffer names are torchvision's.
/// </remarks>
public abstract class SegmentationNetwork : nn.Module<Tensor, SegmentationOutput>
{
    /// <summary>Loads libtorch and keeps what the network was made with.</summary>
    private protected SegmentationNetwork(NetworkOptions options)
        : base(options.Name)
    {
        Options = options;
    }

    /// <summary>What the network was made with.</summary>
    public NetworkOptions Options { get; }

    /// <summary>Makes a network with freshly drawn weights: the same seed gives the same weights to the bit.</summary>
    /// <exception cref="ArgumentException">The name is unknown or the number of classes is outside 2..255.</exception>
    /// <exception cref="TorchUnavailableException">libtorch cannot be loaded.</exception>
    public static SegmentationNetwork Create(NetworkOptions options, long seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!NetworkOptions.Names.Contains(options.Name))
        {
            throw new ArgumentException($"Network '{options.Name}' is not known; expected one of: {string.Join(", ", NetworkOptions.Names)}.", nameof(options));
        }

        if (options.Classes is < 2 or > 255)
        {
            throw new ArgumentException($"A network of {options.Classes} classes cannot be made; expected 2 to 255 (background included, 255 means ignore).", nameof(options));
        }

        TorchRuntime.Initialize();
        using var generator = new Generator((ulong)seed);
        return new DeepLabV3(options, generator);
    }
}

/// <summary>Which network, and its sizes.</summary>
public sealed record NetworkOptions
{
    /// <summary>The only network so far; torchvision's function of the same name.</summary>
    public const string DeepLabV3MobileNetV3Large = "deeplabv3_mobilenet_v3_large";

    /// <summary>The networks that can be made.</summary>
    public static IReadOnlyList<string> Names { get; } = [DeepLabV3MobileNetV3Large];

    /// <summary>One of <see cref="Names"/>.</summary>
    public string Name { get; init; } = DeepLabV3MobileNetV3Large;

    /// <summary>Number of classes, background included; 2 to 255.</summary>
    public required int Classes { get; init; }

    /// <summary>Adds torchvision's auxiliary head (<c>aux_classifier.*</c>), which helps in training and is not needed after it.</summary>
    public bool AuxiliaryHead { get; init; }

    /// <summary>
    /// Weight of a new batch in the backbone's running statistics, above 0 and at most 1. torchvision's 0.01 suits long
    /// training from pretrained weights; the outputs of given weights do not depend on it.
    /// </summary>
    public double BackboneMomentum { get; init; } = 0.01;
}

/// <summary>Scores before soft maximum, <c>[N, classes, H, W]</c>.</summary>
/// <param name="Output">The main head's.</param>
/// <param name="Auxiliary">The auxiliary head's, or null when the network has none.</param>
public sealed record SegmentationOutput(Tensor Output, Tensor? Auxiliary) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Dispose();
        Auxiliary?.Dispose();
    }
}
