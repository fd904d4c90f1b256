using Maskwright.Imaging;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// The Lovász extension of the Jaccard loss (Berman, Triki and Blaschko 2018, algorithm 1): one minus IoU, made smooth, over
/// all pixels of the batch; the mean over the classes in the target.
/// </summary>
internal sealed class LovaszSoftmaxLoss(Tensor? weights) : LossTerm
{
    public override Tensor Compute(Tensor scores, Tensor target)
    {
        var classes = scores.shape[1];
        var truth = OneHot(scores, target).permute(1, 0, 2, 3).reshape(classes, -1);
        var predicted = nn.functional.softmax(scores, 1).permute(1, 0, 2, 3).reshape(classes, -1);

        // A pixel that is to be ignored has no error: it comes last, where it changes nothing.
        var valid = target.ne(IndexMask.Ignore).reshape(1, -1).to(scores.dtype);
        var errors = (truth - predicted).abs() * valid;
        var (sorted, order) = errors.sort(1, descending: true);
        var pixelsOfClass = truth.sum(1);
        var loss = (sorted * Slopes(truth.gather(1, order), pixelsOfClass).to(scores.dtype)).sum(1);
        return MeanOfPresent(loss, pixelsOfClass, weights);
    }

    /// <summary>How much the Jaccard loss grows with each further wrong pixel, <c>[C, pixels]</c>.</summary>
    private static Tensor Slopes(Tensor truth, Tensor pixelsOfClass)
    {
        // Counts beyond 2^24 have no exact 32-bit float.
        using var exact = no_grad();
        var found = truth.to(ScalarType.Float64).cumsum(1);
        var total = pixelsOfClass.to(ScalarType.Float64).unsqueeze(1);
        var seen = arange(1, truth.shape[1] + 1, dtype: ScalarType.Float64, device: truth.device).unsqueeze(0);
        var jaccard = 1 - ((total - found) / (total + seen - found));
        return cat([jaccard.narrow(1, 0, 1), jaccard.diff(1, 1)], 1);
    }
}
