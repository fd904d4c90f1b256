using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>
/// DeepLabV3 (Chen et al. 2017) over a dilated MobileNetV3-Large, with torchvision's state-dict keys, shapes and outputs
/// (<c>deeplabv3_mobilenet_v3_large</c>).
/// </summary>
internal sealed class DeepLabV3 : SegmentationNetwork
{
    [ComponentName(Name = "backbone")]
    private readonly MobileNetV3Backbone _backbone;

    [ComponentName(Name = "classifier")]
    private readonly TorchSharp.Modules.Sequential _classifier;

    [ComponentName(Name = "aux_classifier")]
    private readonly TorchSharp.Modules.Sequential? _auxiliary;

    public DeepLabV3(NetworkOptions options, Generator generator)
        : base(options)
    {
        var head = new Initialization(generator, backbone: false);
        _backbone = new MobileNetV3Backbone(
            new Initialization(generator, backbone: true),
            BatchNormalization.MobileNet with { Momentum = options.BackboneMomentum });
        _classifier = Layers.Chain(
            new AtrousPyramid(MobileNetV3Backbone.OutputChannels, head),
            new Convolution(new ConvolutionShape(AtrousPyramid.Channels, AtrousPyramid.Channels, 3), head),
            nn.BatchNorm2d(AtrousPyramid.Channels),
            new ActivationLayer(Activation.Relu),
            new Convolution(new ConvolutionShape(AtrousPyramid.Channels, options.Classes) { Bias = true }, head));
        if (options.AuxiliaryHead)
        {
            const int Inputs = MobileNetV3Backbone.AuxiliaryChannels;
            _auxiliary = Layers.Chain(
                new Convolution(new ConvolutionShape(Inputs, Inputs / 4, 3), head),
                nn.BatchNorm2d(Inputs / 4),
                new ActivationLayer(Activation.Relu),
                nn.Dropout(0.1),
                new Convolution(new ConvolutionShape(Inputs / 4, options.Classes) { Bias = true }, head));
        }

        RegisterComponents();
    }

    /// <inheritdoc/>
    public override SegmentationOutput forward(Tensor input)
    {
        using var ordered = ToChannelsLast(input);
        var features = _backbone.forward(ordered);
        using var last = features.Output;
        using var early = features.Auxiliary;
        var output = Enlarge(_classifier, last, input);
        return new SegmentationOutput(output, _auxiliary is null ? null : Enlarge(_auxiliary, early, input));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _backbone.Dispose();
            _classifier.Dispose();
            _auxiliary?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static Tensor ToChannelsLast(Tensor input)
    {
        using var permuted = input.permute(0, 2, 3, 1);
        using var contiguous = permuted.contiguous();
        return contiguous.permute(0, 3, 1, 2);
    }

    private static Tensor Enlarge(nn.Module<Tensor, Tensor> head, Tensor map, Tensor input)
    {
        // Planes again: enlarging, soft maximum and arg maximum over few classes are quickest plane by plane.
        using var scores = head.forward(map);
        using var planes = scores.contiguous();
        return nn.functional.interpolate(planes, [input.shape[2], input.shape[3]], mode: InterpolationMode.Bilinear, align_corners: false);
    }
}
