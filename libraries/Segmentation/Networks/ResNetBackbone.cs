using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>
/// ResNet50 or ResNet101 without its classifier, dilated: the last two stages keep the map at an eighth of the input's size
/// (torchvision's <c>replace_stride_with_dilation=[False, True, True]</c>).
/// </summary>
internal sealed class ResNetBackbone : Backbone
{
    [ComponentName(Name = "conv1")]
    private readonly Convolution _stem;

    [ComponentName(Name = "bn1")]
    private readonly BatchNorm2d _stemNorm;

    [ComponentName(Name = "layer1")]
    private readonly Sequential _layer1;

    [ComponentName(Name = "layer2")]
    private readonly Sequential _layer2;

    [ComponentName(Name = "layer3")]
    private readonly Sequential _layer3;

    [ComponentName(Name = "layer4")]
    private readonly Sequential _layer4;

    /// <param name="thirdStage">Blocks of the third stage: 6 for ResNet50, 23 for ResNet101.</param>
    /// <param name="initialization">Draws the weights.</param>
    /// <param name="norm">Constants of every normalisation.</param>
    public ResNetBackbone(int thirdStage, Initialization initialization, BatchNormalization norm)
        : base(nameof(ResNetBackbone), outputChannels: 512 * Bottleneck.Expansion, auxiliaryChannels: 256 * Bottleneck.Expansion)
    {
        _stem = new Convolution(new ConvolutionShape(3, 64, 7) { Stride = 2 }, initialization);
        _stemNorm = norm.Of(64);
        _layer1 = Stage(inputs: 64, width: 64, blocks: 3, stride: 1, firstDilation: 1, dilation: 1);
        _layer2 = Stage(inputs: 256, width: 128, blocks: 4, stride: 2, firstDilation: 1, dilation: 1);
        _layer3 = Stage(inputs: 512, width: 256, blocks: thirdStage, stride: 1, firstDilation: 1, dilation: 2);
        _layer4 = Stage(inputs: 1024, width: 512, blocks: 3, stride: 1, firstDilation: 2, dilation: 4);
        RegisterComponents();

        Sequential Stage(int inputs, int width, int blocks, int stride, int firstDilation, int dilation) =>
            Layers.Chain(Enumerable.Range(0, blocks).Select(i => i == 0
                ? new Bottleneck(inputs, width, stride, firstDilation, initialization, norm)
                : new Bottleneck(width * Bottleneck.Expansion, width, 1, dilation, initialization, norm)));
    }

    public override BackboneFeatures forward(Tensor input)
    {
        using var stem = _stem.ForwardNormalized(input, _stemNorm).relu_();
        using var pooled = nn.functional.max_pool2d(stem, [3, 3], [2, 2], [1, 1]);
        using var first = _layer1.forward(pooled);
        using var second = _layer2.forward(first);
        var third = _layer3.forward(second);
        return new BackboneFeatures(_layer4.forward(third), third);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stem.Dispose();
            _stemNorm.Dispose();
            _layer1.Dispose();
            _layer2.Dispose();
            _layer3.Dispose();
            _layer4.Dispose();
        }

        base.Dispose(disposing);
    }
}
