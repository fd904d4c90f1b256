using Maskwright.Imaging;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// Cross-entropy, in nats: the mean over the valid pixels, weighted by class, with PyTorch's label smoothing (a share of the
/// target is spread over all classes; Szegedy et al. 2016, section 7).
/// </summary>
internal sealed class CrossEntropyLoss(Tensor? weights, double labelSmoothing) : LossTerm
{
    public override Tensor Compute(Tensor scores, Tensor target)
    {
        // PyTorch's own mean over no pixel at all would be NaN: a batch that is ignored as a whole has loss 0.
        using var sum = nn.functional.cross_entropy(
            scores, target, weights, ignore_index: IndexMask.Ignore, reduction: nn.Reduction.Sum, label_smoothing: labelSmoothing);
        using var count = TotalWeight(target, weights);
        return sum / count;
    }

    /// <summary>The weights of all valid pixels added up, or 1 where there are none.</summary>
    internal static Tensor TotalWeight(Tensor target, Tensor? weights)
    {
        using var valid = target.ne(IndexMask.Ignore);
        if (weights is null)
        {
            using var count = valid.sum();
            return count.clamp_min(1);
        }

        using var known = target.masked_fill(target.eq(IndexMask.Ignore), 0);
        using var total = (weights[known] * valid).sum();
        return total.masked_fill(total.eq(0), 1);
    }
}
