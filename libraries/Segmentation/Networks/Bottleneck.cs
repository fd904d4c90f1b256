using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>
/// ResNet's block of three convolutions (He et al. 2016, figure 5): 1x1 to fewer channels, 3x3, 1x1 to four times as many, and
/// the input added. The 3x3 convolution carries the stride, as in torchvision.
/// </summary>
internal sealed class Bottleneck : nn.Module<Tensor, Tensor>
{
    /// <summary>Output channels for each inner one.</summary>
    public const int Expansion = 4;

    [ComponentName(Name = "conv1")]
    private readonly Convolution _reduce;

    [ComponentName(Name = "bn1")]
    private readonly BatchNorm2d _reduceNorm;

    [ComponentName(Name = "conv2")]
    private readonly Convolution _spatial;

    [ComponentName(Name = "bn2")]
    private readonly BatchNorm2d _spatialNorm;

    [ComponentName(Name = "conv3")]
    private readonly Convolution _expand;

    [ComponentName(Name = "bn3")]
    private readonly BatchNorm2d _expandNorm;

    [ComponentName(Name = "downsample")]
    private readonly NormalizedConvolution? _downsample;

    public Bottleneck(int inputs, int width, int stride, int dilation, Initialization initialization, BatchNormalization norm)
        : base(nameof(Bottleneck))
    {
        var outputs = width * Expansion;
        _reduce = new Convolution(new ConvolutionShape(inputs, width), initialization);
        _reduceNorm = norm.Of(width);
        _spatial = new Convolution(new ConvolutionShape(width, width, 3) { Stride = stride, Dilation = dilation }, initialization);
        _spatialNorm = norm.Of(width);
        _expand = new Convolution(new ConvolutionShape(width, outputs), initialization);
        _expandNorm = norm.Of(outputs);
        if (stride != 1 || inputs != outputs)
        {
            _downsample = new NormalizedConvolution(new ConvolutionShape(inputs, outputs) { Stride = stride }, initialization, norm, activation: null);
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var reduced = _reduce.ForwardNormalized(input, _reduceNorm).relu_();
        using var spatial = _spatial.ForwardNormalized(reduced, _spatialNorm).relu_();
        using var shortcut = _downsample?.forward(input);
        return _expand.ForwardNormalized(spatial, _expandNorm).add_(shortcut ?? input).relu_();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reduce.Dispose();
            _reduceNorm.Dispose();
            _spatial.Dispose();
            _spatialNorm.Dispose();
            _expand.Dispose();
            _expandNorm.Dispose();
            _downsample?.Dispose();
        }

        base.Dispose(disposing);
    }
}
