using Maskwright.Imaging;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// Cross-entropy that counts a pixel the less the surer it is right: <c>(1 - p)^gamma · -log p</c> (Lin et al. 2017,
/// eq. 5), the mean over the valid pixels, weighted by class. With gamma 0 it is cross-entropy.
/// </summary>
internal sealed class FocalLoss(Tensor? weights, double gamma) : LossTerm
{
    public override Tensor Compute(Tensor scores, Tensor target)
    {
        var surprise = nn.functional.cross_entropy(scores, target, ignore_index: IndexMask.Ignore, reduction: nn.Reduction.None);
        var doubt = 1 - (-surprise).exp();

        // A power below 1 has no slope at 0.
        var loss = doubt.clamp_min(1e-7).pow(gamma) * surprise;
        if (weights is not null)
        {
            loss = loss * weights[target.masked_fill(target.eq(IndexMask.Ignore), 0)];
        }

        return loss.sum() / CrossEntropyLoss.TotalWeight(target, weights);
    }
}
