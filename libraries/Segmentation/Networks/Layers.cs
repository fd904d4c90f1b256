using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Maskwright.Segmentation.Networks;

/// <summary>Chains of layers named <c>0</c>, <c>1</c>, … as PyTorch's <c>nn.Sequential</c> names them in state-dict keys.</summary>
internal static class Layers
{
    public static TorchSharp.Modules.Sequential Chain(params IEnumerable<Module<Tensor, Tensor>> layers) =>
        Sequential([.. layers.Select((layer, index) => (index.ToString(System.Globalization.CultureInfo.InvariantCulture), layer))]);
}

/// <summary>The constants of a batch normalisation (Ioffe and Szegedy 2015).</summary>
internal sealed record BatchNormalization(double Epsilon, double Momentum)
{
    /// <summary>PyTorch's defaults, which the heads use.</summary>
    public static BatchNormalization Default { get; } = new(1e-5, 0.1);

    /// <summary>MobileNetV3's.</summary>
    public static BatchNormalization MobileNet { get; } = new(0.001, 0.01);

    /// <summary>Another momentum, or the same when it is null.</summary>
    public BatchNormalization With(double? momentum) => this with { Momentum = momentum ?? Momentum };

    /// <summary>A layer of these constants.</summary>
    public TorchSharp.Modules.BatchNorm2d Of(int channels) => BatchNorm2d(channels, Epsilon, Momentum);
}
