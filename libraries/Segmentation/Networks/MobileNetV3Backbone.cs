using System.Globalization;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>
/// MobileNetV3-Large's features, dilated: blocks 13 to 15 keep the map at a sixteenth of the input's size
/// (Howard et al. 2019; torchvision's <c>mobilenet_v3_large(dilated=True).features</c>).
/// </summary>
internal sealed class MobileNetV3Backbone : Backbone
{
    /// <summary>Index of the layer whose map is handed on early.</summary>
    public const int AuxiliaryLayer = 4;

    private static readonly InvertedResidualShape[] Blocks =
    [
        new(16, 3, 16, 16, false, Activation.Relu),
        new(16, 3, 64, 24, false, Activation.Relu, Stride: 2),
        new(24, 3, 72, 24, false, Activation.Relu),
        new(24, 5, 72, 40, true, Activation.Relu, Stride: 2),
        new(40, 5, 120, 40, true, Activation.Relu),
        new(40, 5, 120, 40, true, Activation.Relu),
        new(40, 3, 240, 80, false, Activation.HardSwish, Stride: 2),
        new(80, 3, 200, 80, false, Activation.HardSwish),
        new(80, 3, 184, 80, false, Activation.HardSwish),
        new(80, 3, 184, 80, false, Activation.HardSwish),
        new(80, 3, 480, 112, true, Activation.HardSwish),
        new(112, 3, 672, 112, true, Activation.HardSwish),
        new(112, 5, 672, 160, true, Activation.HardSwish, Stride: 2, Dilation: 2),
        new(160, 5, 960, 160, true, Activation.HardSwish, Dilation: 2),
        new(160, 5, 960, 160, true, Activation.HardSwish, Dilation: 2),
    ];

    private readonly List<nn.Module<Tensor, Tensor>> _layers = [];

    public MobileNetV3Backbone(Initialization initialization, BatchNormalization normalization)
        : base(nameof(MobileNetV3Backbone), outputChannels: 960, auxiliaryChannels: 40)
    {
        Add(new NormalizedConvolution(new ConvolutionShape(3, 16, 3) { Stride = 2 }, initialization, normalization, Activation.HardSwish));
        foreach (var block in Blocks)
        {
            Add(new InvertedResidual(block, initialization, normalization));
        }

        Add(new NormalizedConvolution(new ConvolutionShape(160, OutputChannels), initialization, normalization, Activation.HardSwish));
    }

    public override BackboneFeatures forward(Tensor input)
    {
        var current = input;
        Tensor? auxiliary = null;
        for (var i = 0; i < _layers.Count; i++)
        {
            var next = _layers[i].forward(current);
            if (i != 0 && !ReferenceEquals(current, auxiliary))
            {
                current.Dispose();
            }

            current = next;
            if (i == AuxiliaryLayer)
            {
                auxiliary = current;
            }
        }

        return new BackboneFeatures(current, auxiliary!);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _layers.ForEach(layer => layer.Dispose());
        }

        base.Dispose(disposing);
    }

    private void Add(nn.Module<Tensor, Tensor> layer)
    {
        register_module(_layers.Count.ToString(CultureInfo.InvariantCulture), layer);
        _layers.Add(layer);
    }
}
