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
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    private (torch.Tensor Weight, torch.Tensor Bias)? _folded;

    public Convolution(ConvolutionShape shape, Initialization initialization)
        : base(nameof(Convolution))
    {
        Shape = shape;
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

    /// <summary>Its sizes.</summary>
    public ConvolutionShape Shape { get; }

    /// <summary>What it computes in where that is not the weights' own type: input and weight are cast to it, and so is the output.</summary>
    public torch.ScalarType? ComputeType { get; set; }

    public override torch.Tensor forward(torch.Tensor input) => Convolve(input, _weight, _bias);

    /// <summary>
    /// The convolution and a batch normalisation after it. In evaluation without gradients the normalisation is a factor and
    /// an addend of each channel, which the weights take up: one pass over the map instead of two.
    /// </summary>
    public torch.Tensor ForwardNormalized(torch.Tensor input, BatchNorm2d normalization)
    {
        if (normalization.training || torch.is_grad_enabled())
        {
            using var convolved = forward(input);
            return normalization.forward(convolved);
        }

        _folded ??= Fold(normalization);
        return Convolve(input, _folded.Value.Weight, _folded.Value.Bias);
    }

    /// <summary>Sets the mode, and forgets what evaluation has made of the weights: they may have changed since.</summary>
    public override void train(bool train = true)
    {
        base.train(train);
        Forget();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _weight.Dispose();
            _bias?.Dispose();
            Forget();
        }

        base.Dispose(disposing);
    }

    private void Forget()
    {
        _folded?.Weight.Dispose();
        _folded?.Bias.Dispose();
        _folded = null;
    }

    private (torch.Tensor Weight, torch.Tensor Bias) Fold(BatchNorm2d normalization)
    {
        using var scope = torch.NewDisposeScope();
        var factor = normalization.weight / (normalization.running_var! + normalization.eps).sqrt();
        var addend = normalization.bias! - (normalization.running_mean! * factor);
        if (_bias is not null)
        {
            addend += _bias * factor;
        }

        return ((_weight * factor.reshape(-1, 1, 1, 1)).DetachFromDisposeScope(), addend.DetachFromDisposeScope());
    }

    private torch.Tensor Convolve(torch.Tensor input, torch.Tensor weight, torch.Tensor? bias)
    {
        if (ComputeType is not { } type)
        {
            return ConvolveAsIs(input, weight, bias);
        }

        using var castInput = input.to(type);
        using var castWeight = weight.to(type);
        using var castBias = bias?.to(type);
        return ConvolveAsIs(castInput, castWeight, castBias);
    }

    private torch.Tensor ConvolveAsIs(torch.Tensor input, torch.Tensor weight, torch.Tensor? bias)
    {
        if (DilatedTaps.Pays(Shape, input.shape[2], input.shape[3]))
        {
            return DilatedTaps.Convolve(input, weight, bias, Shape.Dilation);
        }

        if (DilationPhases.Pays(Shape))
        {
            return DilationPhases.Convolve(input, weight, bias, Shape);
        }

        return torch.nn.functional.conv2d(
            input,
            weight,
            bias,
            strides: [Shape.Stride, Shape.Stride],
            padding: [Shape.Padding, Shape.Padding],
            dilation: [Shape.Dilation, Shape.Dilation],
            groups: Shape.Groups);
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
