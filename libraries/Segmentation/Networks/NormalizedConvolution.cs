using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>A convolution without bias, its batch normalisation, and an activation unless it is null; named as a chain of them.</summary>
internal sealed class NormalizedConvolution : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "0")]
    private readonly Convolution _convolution;

    [ComponentName(Name = "1")]
    private readonly BatchNorm2d _normalization;

    public NormalizedConvolution(ConvolutionShape shape, Initialization initialization, BatchNormalization normalization, Activation? activation)
        : base(nameof(NormalizedConvolution))
    {
        Activation = activation;
        _convolution = new Convolution(shape, initialization);
        _normalization = normalization.Of(shape.Outputs);
        RegisterComponents();
    }

    /// <summary>The activation, or null.</summary>
    public Activation? Activation { get; }

    public override Tensor forward(Tensor input)
    {
        var normalized = _convolution.ForwardNormalized(input, _normalization);
        if (Activation is not { } activation)
        {
            return normalized;
        }

        using (normalized)
        {
            return ActivationLayer.Apply(activation, normalized);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _convolution.Dispose();
            _normalization.Dispose();
        }

        base.Dispose(disposing);
    }
}
