using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>
/// Scales each channel by what the whole map says of it (Hu et al. 2018, figure 1): mean, 1x1 convolution, ReLU, 1x1
/// convolution, hard sigmoid, product.
/// </summary>
internal sealed class SqueezeExcitation : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "fc1")]
    private readonly Convolution _squeeze;

    [ComponentName(Name = "fc2")]
    private readonly Convolution _excite;

    public SqueezeExcitation(int channels, int squeezed, Initialization initialization)
        : base(nameof(SqueezeExcitation))
    {
        _squeeze = new Convolution(new ConvolutionShape(channels, squeezed) { Bias = true }, initialization);
        _excite = new Convolution(new ConvolutionShape(squeezed, channels) { Bias = true }, initialization);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var mean = nn.functional.adaptive_avg_pool2d(input, [1, 1]);
        using var squeezed = _squeeze.forward(mean);
        using var excited = _excite.forward(squeezed.relu_());
        using var scale = nn.functional.hardsigmoid(excited);

        // The input is an activation's own output: without gradients nobody needs it any more.
        return is_grad_enabled() ? input.mul(scale) : input.mul_(scale).alias();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _squeeze.Dispose();
            _excite.Dispose();
        }

        base.Dispose(disposing);
    }
}
