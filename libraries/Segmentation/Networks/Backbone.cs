using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>The part of a network that turns images <c>[N, 3, H, W]</c> into maps for its heads.</summary>
internal abstract class Backbone(string name, int outputChannels, int auxiliaryChannels) : nn.Module<Tensor, BackboneFeatures>(name)
{
    /// <summary>Channels of the last map.</summary>
    public int OutputChannels { get; } = outputChannels;

    /// <summary>Channels of the earlier map.</summary>
    public int AuxiliaryChannels { get; } = auxiliaryChannels;
}

/// <summary>What a backbone hands to the heads.</summary>
/// <param name="Output">The last map.</param>
/// <param name="Auxiliary">An earlier map, as large or larger, with fewer channels.</param>
internal sealed record BackboneFeatures(Tensor Output, Tensor Auxiliary) : IDisposable
{
    public void Dispose()
    {
        Output.Dispose();
        Auxiliary.Dispose();
    }
}
