using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>The loss a run is trained with: a weighted sum of terms over the main head, and over the auxiliary head where there is one.</summary>
internal sealed class SegmentationLoss
{
    private readonly IReadOnlyList<(string Name, LossTerm Term, double Weight)> _terms;
    private readonly double _auxiliaryWeight;

    /// <summary>The loss that options ask for.</summary>
    /// <param name="options">Terms and their constants.</param>
    /// <param name="classWeights">Weight of each class, or null for equal ones.</param>
    /// <param name="device">Where it is computed.</param>
    public SegmentationLoss(TrainingOptions options, IReadOnlyList<double>? classWeights, Device device)
    {
        var weights = classWeights is null ? null : tensor(classWeights.Select(weight => (float)weight).ToArray(), device: device);
        _terms = [.. options.Loss.Select(term => (term.Name, LossTerm.Create(term.Name, options, weights), term.Weight))];
        _auxiliaryWeight = options.AuxiliaryWeight;
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="output">Scores <c>[N, C, H, W]</c>.</param>
    /// <param name="target">Class indices <c>[N, H, W]</c>, 64-bit; 255 counts for nothing.</param>
    /// <returns>The loss, and what it is the sum of.</returns>
    public LossValue Compute(SegmentationOutput output, Tensor target)
    {
        var parts = new List<(string Name, Tensor Value)>();
        var sum = Compute(output.Output, target, parts);
        if (output.Auxiliary is { } scores)
        {
            var auxiliary = Compute(scores, target, parts: null);
            parts.Add(("auxiliary", auxiliary));
            sum = sum + Scale(auxiliary, _auxiliaryWeight);
        }

        return new LossValue(sum, parts);
    }

    private Tensor Compute(Tensor scores, Tensor target, List<(string Name, Tensor Value)>? parts)
    {
        Tensor? sum = null;
        foreach (var (name, term, weight) in _terms)
        {
            var value = term.Compute(scores, target);
            parts?.Add((name, value));
            sum = sum is null ? Scale(value, weight) : sum + Scale(value, weight);
        }

        return sum!;
    }

    private static Tensor Scale(Tensor loss, double weight) => weight == 1 ? loss : loss * weight;
}

/// <summary>The loss of a batch.</summary>
/// <param name="Total">What is minimised, a scalar.</param>
/// <param name="Parts">Each term over the main head, and <c>auxiliary</c> for all of them over the auxiliary head, before their weights.</param>
internal sealed record LossValue(Tensor Total, IReadOnlyList<(string Name, Tensor Value)> Parts);
