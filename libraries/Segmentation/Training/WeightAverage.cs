using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// An exponential moving average of a network's parameters (Polyak and Juditsky 1992); buffers, whose statistics are averages
/// already, are the network's own.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly List<(string Name, TorchSharp.Modules.Parameter Parameter, Tensor Average)> _averages;
    private readonly double _decay;

    /// <summary>Begins with the network's present weights.</summary>
    public WeightAverage(SegmentationNetwork network, double decay)
    {
        _decay = decay;
        using var noGrad = no_grad();
        _averages = [.. network.named_parameters().Select(named => ("average." + named.name, named.parameter, named.parameter.clone().DetachFromDisposeScope()))];
    }

    /// <summary>Weights taken in.</summary>
    public long Updates { get; private set; }

    /// <summary>Takes the present weights into the average. The first steps count for more, so that the beginning is soon forgotten.</summary>
    public void Update()
    {
        using var noGrad = no_grad();
        var decay = Math.Min(_decay, (1.0 + ++Updates) / (10 + Updates));
        foreach (var (_, parameter, average) in _averages)
        {
            average.lerp_(parameter, 1 - decay);
        }
    }

    /// <summary>Exchanges the network's weights and the averages; once more changes them back.</summary>
    public void Exchange()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (_, parameter, average) in _averages)
        {
            var own = parameter.clone();
            parameter.copy_(average);
            average.copy_(own);
        }
    }

    /// <summary>The averages by name.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State() => _averages.Select(entry => (entry.Name, entry.Average));

    /// <summary>Goes on from what <see cref="State"/> gave.</summary>
    /// <exception cref="WeightsFormatException">An average is missing, or of another shape.</exception>
    public void Restore(long updates, StoredState stored)
    {
        Updates = updates;
        _averages.ForEach(entry => stored.CopyInto(entry.Name, entry.Average));
    }

    /// <inheritdoc/>
    public void Dispose() => _averages.ForEach(entry => entry.Average.Dispose());
}
