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
    /// <exception cref="ArgumentException">
    /// The name is unknown, the number of classes is outside 2..255, or the network cannot have an auxiliary head.
    /// </exception>
    /// <exception cref="TorchUnavailableException">libtorch cannot be loaded.</exception>
    public static SegmentationNetwork Create(NetworkOptions options, long seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Classes is < 2 or > 255)
        {
            throw new ArgumentException($"A network of {options.Classes} classes cannot be made; expected 2 to 255 (background included, 255 means ignore).", nameof(options));
        }

        if (options.AuxiliaryHead && !NetworkOptions.HasAuxiliaryHead(options.Name))
        {
            throw new ArgumentException($"Network '{options.Name}' has no auxiliary head; expected AuxiliaryHead to be off.", nameof(options));
        }

        TorchRuntime.Initialize();
        using var generator = new Generator((ulong)seed);
        var backbone = new Initialization(generator, backbone: true);
        var head = new Initialization(generator, backbone: false);
        return options.Name switch
        {
            NetworkOptions.DeepLabV3MobileNetV3Large => new DeepLabV3(options, MobileNet(), head),
            NetworkOptions.DeepLabV3ResNet50 => new DeepLabV3(options, ResNet(thirdStage: 6), head),
            NetworkOptions.DeepLabV3ResNet101 => new DeepLabV3(options, ResNet(thirdStage: 23), head),
            NetworkOptions.LrAsppMobileNetV3Large => new LrAspp(options, MobileNet(), head),
            _ => throw new ArgumentException($"Network '{options.Name}' is not known; expected one of: {string.Join(", ", NetworkOptions.Names)}.", nameof(options)),
        };

        Backbone MobileNet() => new MobileNetV3Backbone(backbone, BatchNormalization.MobileNet.With(options.BackboneMomentum));
        Backbone ResNet(int thirdStage) => new ResNetBackbone(thirdStage, backbone, BatchNormalization.Default.With(options.BackboneMomentum));
    }

    /// <summary>Has every convolution compute in a narrower type than its weights'; null for their own.</summary>
    internal void ComputeIn(ScalarType? type)
    {
        foreach (var convolution in modules().OfType<Convolution>())
        {
            convolution.ComputeType = type;
        }
    }

    /// <inheritdoc/>
    public sealed override SegmentationOutput forward(Tensor input)
    {
        using var permuted = input.permute(0, 2, 3, 1);
        using var contiguous = permuted.contiguous();
        using var ordered = contiguous.permute(0, 3, 1, 2);
        return Score(ordered);
    }

    /// <summary>The part that images go through first.</summary>
    internal abstract Backbone Features { get; }

    /// <summary>Scores images that lie in channels-last order.</summary>
    private protected abstract SegmentationOutput Score(Tensor images);

    /// <summary>Enlarges a head's scores to the images' height and width.</summary>
    private protected static Tensor Enlarge(Tensor scores, Tensor images)
    {
        // Planes again: enlarging, soft maximum and arg maximum over few classes are quickest plane by plane.
        using var wide = scores.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? scores.to(ScalarType.Float32) : scores.alias();
        using var planes = wide.contiguous();
        return nn.functional.interpolate(planes, [images.shape[2], images.shape[3]], mode: InterpolationMode.Bilinear, align_corners: false);
    }
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
