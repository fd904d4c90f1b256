using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>
/// DeepLabV3 (Chen et al. 2017) over any backbone, with torchvision's state-dict keys, shapes and outputs
/// (<c>deeplabv3_*</c>).
/// </summary>
internal sealed class DeepLabV3 : SegmentationNetwork
{
    [ComponentName(Name = "backbone")]
    private readonly Backbone _backbone;

    [ComponentName(Name = "classifier")]
    private readonly TorchSharp.Modules.Sequential _classifier;

    [ComponentName(Name = "aux_classifier")]
    private readonly TorchSharp.Modules.Sequential? _auxiliary;

    public DeepLabV3(NetworkOptions options, Backbone backbone, Initialization initialization)
        : base(options)
    {
        const int Channels = AtrousPyramid.Channels;
        var norm = BatchNormalization.Default;
        _backbone = backbone;
        _classifier = Layers.Chain(
            new AtrousPyramid(backbone.OutputChannels, initialization),
            new Convolution(new ConvolutionShape(Channels, Channels, 3), initialization),
            norm.Of(Channels),
            new ActivationLayer(Activation.Relu),
            new Convolution(new ConvolutionShape(Channels, options.Classes) { Bias = true }, initialization));
        if (options.AuxiliaryHead)
        {
            var (inputs, inner) = (backbone.AuxiliaryChannels, backbone.AuxiliaryChannels / 4);
            _auxiliary = Layers.Chain(
                new Convolution(new ConvolutionShape(inputs, inner, 3), initialization),
                norm.Of(inner),
                new ActivationLayer(Activation.Relu),
                nn.Dropout(0.1),
                new Convolution(new ConvolutionShape(inner, options.Classes) { Bias = true }, initialization));
        }

        RegisterComponents();
    }

    internal override Backbone Features => _backbone;

    private protected override SegmentationOutput Score(Tensor images)
    {
        using var features = _backbone.forward(images);
        using var scores = _classifier.forward(features.Output);
        using var auxiliary = _auxiliary?.forward(features.Auxiliary);
        return new SegmentationOutput(Enlarge(scores, images), auxiliary is null ? null : Enlarge(auxiliary, images));
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
}
