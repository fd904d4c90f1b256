using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>The loss a run is trained with: a weighted sum of terms over the main head, and over the auxiliary head where there is one.</summary>
internal sealed class SegmentationLoss
{
    private readonly IReadOnlyList<(LossTerm Term, double Weight)> _terms;
    private readonly double _auxiliaryWeight;

    /// <summary>The loss that options ask for.</summary>
    /// <param name="options">Terms and their constants.</param>
    /// <param name="classWeights">Weight of each class, or null for equal ones.</param>
    /// <param name="device">Where it is computed.</param>
    public SegmentationLoss(TrainingOptions options, IReadOnlyList<double>? classWeights, Device device)
    {
        var weights = classWeights is null ? null : tensor(classWeights.Select(weight => (float)weight).ToArray(), device: device);
        _terms = [.. options.Loss.Select(term => (LossTerm.Create(term.Name, options, weights), term.Weight))];
        _auxiliaryWeight = options.AuxiliaryWeight;
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="output">Scores <c>[N, C, H, W]</c>.</param>
    /// <param name="target">Class indices <c>[N, H, W]</c>, 64-bit; 255 counts for nothing.</param>
    /// <returns>A scalar.</returns>
    public Tensor Compute(SegmentationOutput output, Tensor target)
    {
        var main = Compute(output.Output, target);
        return output.Auxiliary is null ? main : main + (_auxiliaryWeight * Compute(output.Auxiliary, target));
    }

    private Tensor Compute(Tensor scores, Tensor target)
    {
        var (first, weight) = _terms[0];
        var sum = Scale(first.Compute(scores, target), weight);
        foreach (var (term, share) in _terms.Skip(1))
        {
            sum = sum + Scale(term.Compute(scores, target), share);
        }

        return sum;
    }

    private static Tensor Scale(Tensor loss, double weight) => weight == 1 ? loss : loss * weight;
}
