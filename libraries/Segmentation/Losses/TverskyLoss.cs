using Maskwright.Imaging;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// One minus the Tversky index <c>TP / (TP + alpha FP + beta FN)</c> of each class, from soft counts over the batch's valid pixels
/// (Salehi et al. 2017), to the power 1/gamma (Focal Tversky; Abraham and Khan 2019, eq. 4): the mean over the classes in the
/// target. Alpha and beta of a half are Dice (Milletari et al. 2016).
/// </summary>
internal sealed class TverskyLoss(Tensor? weights, double alpha, double beta, double gamma) : LossTerm
{
    // One pixel more in both parts of the fraction: no class divides by nothing.
    private const double Smoothing = 1;

    public override Tensor Compute(Tensor scores, Tensor target)
    {
        long[] pixels = [0, 2, 3];
        var valid = target.ne(IndexMask.Ignore).unsqueeze(1).to(scores.dtype);
        var predicted = nn.functional.softmax(scores, 1) * valid;
        var truth = OneHot(scores, target);
        var hits = (predicted * truth).sum(pixels);
        var pixelsOfClass = truth.sum(pixels);
        var falsePositive = predicted.sum(pixels) - hits;
        var falseNegative = pixelsOfClass - hits;
        var index = (hits + Smoothing) / (hits + (alpha * falsePositive) + (beta * falseNegative) + Smoothing);
        var miss = 1 - index;

        // A power below 1 has no slope at 0.
        return MeanOfPresent(gamma == 1 ? miss : miss.clamp_min(1e-7).pow(1 / gamma), pixelsOfClass, weights);
    }
}
