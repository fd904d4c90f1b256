using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// An exponential moving average of a network's parameters (Polyak and Juditsky 1992); buffers, whose statistics are averages
/// already, are the network's own.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly List<(TorchSharp.Modules.Parameter Parameter, Tensor Average)> _averages;
    private readonly double _decay;
    private long _updates;

    /// <summary>Begins with the network's present weights.</summary>
    public WeightAverage(SegmentationNetwork network, double decay)
    {
        _decay = decay;
        using var noGrad = no_grad();
        _averages = [.. network.parameters().Select(parameter => (parameter, parameter.clone().DetachFromDisposeScope()))];
    }

    /// <summary>Takes the present weights into the average. The first steps count for more, so that the beginning is soon forgotten.</summary>
    public void Update()
    {
        using var noGrad = no_grad();
        var decay = Math.Min(_decay, (1.0 + ++_updates) / (10 + _updates));
        foreach (var (parameter, average) in _averages)
        {
            average.lerp_(parameter, 1 - decay);
        }
    }

    /// <summary>Exchanges the network's weights and the averages; once more changes them back.</summary>
    public void Exchange()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (parameter, average) in _averages)
        {
            var own = parameter.clone();
            parameter.copy_(average);
            average.copy_(own);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _averages.ForEach(pair => pair.Average.Dispose());
}
