using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace Maskwright.Segmentation.Networks;

/// <summary>
/// A 2-D convolution, <c>[N, C, H, W]</c> to <c>[N, C', H', W']</c>, whose weight is kept in channels-last order, which makes
/// libtorch compute it (and all that follows it) in that faster order.
/// </summary>
internal sealed class Convolution : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly ConvolutionShape _shape;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    public Convolution(ConvolutionShape shape, Initialization initialization)
        : base(nameof(Convolution))
    {
        _shape = shape;
        var inputs = shape.Inputs / shape.Groups;
        using (torch.no_grad())
        {
            using var weight = torch.empty(shape.Outputs, shape.Kernel, shape.Kernel, inputs);
            using var permuted = weight.permute(0, 3, 1, 2);
            initialization.FillWeight(permuted);
            _weight = new Parameter(permuted.alias());
            if (shape.Bias)
            {
                var bias = torch.empty(shape.Outputs);
                initialization.FillBias(bias, inputs * shape.Kernel * shape.Kernel);
                _bias = new Parameter(bias);
            }
        }

        RegisterComponents();
    }

    /// <summary>What it computes in where that is not the weights' own type: input and weight are cast to it, and so is the output.</summary>
    public torch.ScalarType? ComputeType { get; set; }

    public override torch.Tensor forward(torch.Tensor input)
    {
        if (ComputeType is not { } type)
        {
            return Convolve(input, _weight, _bias);
        }

        using var castInput = input.to(type);
        using var castWeight = _weight.to(type);
        using var castBias = _bias?.to(type);
        return Convolve(castInput, castWeight, castBias);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _weight.Dispose();
            _bias?.Dispose();
        }

        base.Dispose(disposing);
    }

    private torch.Tensor Convolve(torch.Tensor input, torch.Tensor weight, torch.Tensor? bias)
    {
        if (DilatedTaps.Pays(_shape, input.shape[2], input.shape[3]))
        {
            return DilatedTaps.Convolve(input, weight, _shape.Dilation);
        }

        if (DilationPhases.Pays(_shape))
        {
            return DilationPhases.Convolve(input, weight, _shape);
        }

        return torch.nn.functional.conv2d(
            input,
            weight,
            bias,
            strides: [_shape.Stride, _shape.Stride],
            padding: [_shape.Padding, _shape.Padding],
            dilation: [_shape.Dilation, _shape.Dilation],
            groups: _shape.Groups);
    }
}

/// <summary>The sizes of a square convolution whose padding keeps the map's size at stride 1.</summary>
internal sealed record ConvolutionShape(int Inputs, int Outputs, int Kernel = 1)
{
    public int Stride { get; init; } = 1;

    public int Dilation { get; init; } = 1;

    public int Groups { get; init; } = 1;

    public bool Bias { get; init; }

    public int Padding => (Kernel - 1) / 2 * Dilation;
}
