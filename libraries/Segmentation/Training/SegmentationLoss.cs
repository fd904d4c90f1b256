using Maskwright.Imaging;
using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>Cross-entropy over every pixel that is not to be ignored.</summary>
public static class SegmentationLoss
{
    /// <summary>
    /// The mean cross-entropy of the main head, plus that of the auxiliary head times <paramref name="auxiliaryWeight"/>
    /// where the network has one. Pixels of target 255 count for nothing.
    /// </summary>
    /// <param name="output">Scores <c>[N, C, H, W]</c>.</param>
    /// <param name="target">Class indices <c>[N, H, W]</c>, 64-bit.</param>
    /// <param name="auxiliaryWeight">torchvision's reference recipe uses 0.5.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Compute(SegmentationOutput output, Tensor target, double auxiliaryWeight)
    {
        ArgumentNullException.ThrowIfNull(output);
        var main = CrossEntropy(output.Output, target);
        if (output.Auxiliary is null)
        {
            return main;
        }

        using var auxiliary = CrossEntropy(output.Auxiliary, target);
        using var weighted = auxiliary * auxiliaryWeight;
        using (main)
        {
            return main + weighted;
        }
    }

    private static Tensor CrossEntropy(Tensor scores, Tensor target)
    {
        // The mean over no pixel at all would be NaN: a batch that is ignored as a whole has loss 0 and zero gradients.
        using var sum = nn.functional.cross_entropy(scores, target, ignore_index: IndexMask.Ignore, reduction: nn.Reduction.Sum);
        using var valid = target.ne(IndexMask.Ignore);
        using var count = valid.sum();
        using var atLeastOne = count.clamp_min(1);
        return sum / atLeastOne;
    }
}
