using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>One row of table 1 of "Searching for MobileNetV3" (Howard et al. 2019).</summary>
internal sealed record InvertedResidualShape(
    int Inputs, int Kernel, int Expanded, int Outputs, bool Squeeze, Activation Activation, int Stride = 1, int Dilation = 1);

/// <summary>
/// Expansion (1x1), depthwise convolution, squeeze-and-excitation where asked for, linear projection (1x1), and the input
/// added where shapes allow it. A dilated block keeps its map's size instead of striding.
/// </summary>
internal sealed class InvertedResidual : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "block")]
    private readonly TorchSharp.Modules.Sequential _block;

    public InvertedResidual(InvertedResidualShape shape, Initialization initialization, BatchNormalization norm)
        : base(nameof(InvertedResidual))
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        if (shape.Expanded != shape.Inputs)
        {
            layers.Add(new NormalizedConvolution(new ConvolutionShape(shape.Inputs, shape.Expanded), initialization, norm, shape.Activation));
        }

        var depthwise = new ConvolutionShape(shape.Expanded, shape.Expanded, shape.Kernel)
        {
            Stride = shape.Dilation > 1 ? 1 : shape.Stride,
            Dilation = shape.Dilation,
            Groups = shape.Expanded,
        };
        layers.Add(new NormalizedConvolution(depthwise, initialization, norm, shape.Activation));
        if (shape.Squeeze)
        {
            layers.Add(new SqueezeExcitation(shape.Expanded, MakeDivisible(shape.Expanded / 4), initialization));
        }

        layers.Add(new NormalizedConvolution(new ConvolutionShape(shape.Expanded, shape.Outputs), initialization, norm, activation: null));
        _block = Layers.Chain(layers);
        AddsInput = shape.Stride == 1 && shape.Inputs == shape.Outputs;
        RegisterComponents();
    }

    /// <summary>Whether the input is added to the output.</summary>
    public bool AddsInput { get; }

    public override Tensor forward(Tensor input)
    {
        var output = _block.forward(input);
        return AddsInput ? output.add_(input) : output;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _block.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Rounds to a multiple of 8, but never more than a tenth below the value.</summary>
    private static int MakeDivisible(int value)
    {
        var rounded = Math.Max(8, (value + 4) / 8 * 8);
        return rounded < 0.9 * value ? rounded + 8 : rounded;
    }
}
