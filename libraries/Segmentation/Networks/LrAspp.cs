using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>
/// Lite reduced ASPP over a dilated MobileNetV3-Large (Howard et al. 2019, figure 10), with torchvision's state-dict keys,
/// shapes and outputs (<c>lraspp_mobilenet_v3_large</c>).
/// </summary>
internal sealed class LrAspp : SegmentationNetwork
{
    [ComponentName(Name = "backbone")]
    private readonly Backbone _backbone;

    [ComponentName(Name = "classifier")]
    private readonly LrAsppHead _classifier;

    public LrAspp(NetworkOptions options, Backbone backbone, Initialization initialization)
        : base(options)
    {
        _backbone = backbone;
        _classifier = new LrAsppHead(backbone, options.Classes, initialization);
        RegisterComponents();
    }

    internal override Backbone Features => _backbone;

    private protected override SegmentationOutput Score(Tensor images)
    {
        using var features = _backbone.forward(images);
        using var scores = _classifier.forward(features);
        return new SegmentationOutput(Enlarge(scores, images), null);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _backbone.Dispose();
            _classifier.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>Scores from the backbone's last map, scaled channel by channel, and from its earlier, larger one.</summary>
internal sealed class LrAsppHead : nn.Module<BackboneFeatures, Tensor>
{
    private const int Channels = 128;

    [ComponentName(Name = "cbr")]
    private readonly NormalizedConvolution _project;

    [ComponentName(Name = "scale")]
    private readonly Sequential _scale;

    [ComponentName(Name = "low_classifier")]
    private readonly Convolution _low;

    [ComponentName(Name = "high_classifier")]
    private readonly Convolution _high;

    public LrAsppHead(Backbone backbone, int classes, Initialization initialization)
        : base(nameof(LrAsppHead))
    {
        _project = new NormalizedConvolution(
            new ConvolutionShape(backbone.OutputChannels, Channels), initialization, BatchNormalization.Default, Activation.Relu);
        _scale = Layers.Chain(
            nn.AdaptiveAvgPool2d(1),
            new Convolution(new ConvolutionShape(backbone.OutputChannels, Channels), initialization),
            nn.Sigmoid());
        _low = new Convolution(new ConvolutionShape(backbone.AuxiliaryChannels, classes) { Bias = true }, initialization);
        _high = new Convolution(new ConvolutionShape(Channels, classes) { Bias = true }, initialization);
        RegisterComponents();
    }

    public override Tensor forward(BackboneFeatures input)
    {
        using var projected = _project.forward(input.Output);
        using var scale = _scale.forward(input.Output);
        using var scaled = projected.mul(scale);

        // torchvision enlarges 128 channels and scores them then. Both are linear and the enlargement's weights add up to 1,
        // so that scoring first gives the same with as many channels as there are classes.
        using var scores = _high.forward(scaled);
        using var enlarged = nn.functional.interpolate(
            scores, [input.Auxiliary.shape[2], input.Auxiliary.shape[3]], mode: InterpolationMode.Bilinear, align_corners: false);
        return _low.forward(input.Auxiliary).add_(enlarged);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _project.Dispose();
            _scale.Dispose();
            _low.Dispose();
            _high.Dispose();
        }

        base.Dispose(disposing);
    }
}
