using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>The non-linearity after a normalisation.</summary>
internal enum Activation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x · relu6(x + 3) / 6 (Howard et al. 2019, "Searching for MobileNetV3", section 5.2).</summary>
    HardSwish,
}

/// <summary>A parameterless activation as a layer.</summary>
internal sealed class ActivationLayer(Activation activation) : nn.Module<Tensor, Tensor>(activation.ToString())
{
    /// <summary>Which.</summary>
    public Activation Kind => activation;

    public override Tensor forward(Tensor input) => Apply(activation, input);

    /// <summary>
    /// Activates the output of a normalisation, which no gradient needs any more: it is written over, except where the
    /// activation's own gradient needs it.
    /// </summary>
    public static Tensor Apply(Activation activation, Tensor input) => activation == Activation.Relu
        ? input.relu_().alias()
        : nn.functional.hardswish(input, inplace: !is_grad_enabled());
}
