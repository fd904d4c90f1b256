using Maskwright.Imaging;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>One measure of how wrong scores are; 255 in the target counts for nothing.</summary>
internal abstract class LossTerm
{
    /// <summary>The loss over a batch.</summary>
    /// <param name="scores">Scores <c>[N, C, H, W]</c>, 32-bit floats or wider.</param>
    /// <param name="target">Class indices <c>[N, H, W]</c>, 64-bit.</param>
    /// <returns>A scalar; 0 without gradient when every pixel is to be ignored.</returns>
    public abstract Tensor Compute(Tensor scores, Tensor target);

    /// <summary>The names there are.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cross_entropy", "focal", "dice", "tversky", "focal_tversky", "lovasz"];

    /// <summary>The term of a name, with the options' constants.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">Constants.</param>
    /// <param name="weights">Weight of each class, <c>[C]</c>, or null for equal ones.</param>
    public static LossTerm Create(string name, TrainingOptions options, Tensor? weights) => name switch
    {
        "cross_entropy" => new CrossEntropyLoss(weights, options.LabelSmoothing),
        "focal" => new FocalLoss(weights, options.FocalGamma),
        "dice" => new TverskyLoss(weights, alpha: 0.5, beta: 0.5, gamma: 1),
        "tversky" => new TverskyLoss(weights, options.TverskyAlpha, options.TverskyBeta, gamma: 1),
        "focal_tversky" => new TverskyLoss(weights, options.TverskyAlpha, options.TverskyBeta, options.FocalTverskyGamma),
        "lovasz" => new LovaszSoftmaxLoss(weights),
        _ => throw new ArgumentException($"Loss '{name}' is not known; expected one of {string.Join(", ", Names)}.", nameof(name)),
    };

    /// <summary>1 where a class is the pixel's, else 0, also where the pixel is to be ignored: <c>[N, C, H, W]</c>.</summary>
    protected static Tensor OneHot(Tensor scores, Tensor target)
    {
        using var valid = target.ne(IndexMask.Ignore);
        using var known = target.masked_fill(target.eq(IndexMask.Ignore), 0);
        return zeros_like(scores).scatter_(1, known.unsqueeze(1), valid.unsqueeze(1).to(scores.dtype));
    }

    /// <summary>The mean over the classes that occur in the target, weighted; <c>[C]</c> and <c>[C]</c> to a scalar.</summary>
    protected static Tensor MeanOfPresent(Tensor lossOfClass, Tensor pixelsOfClass, Tensor? weights)
    {
        var counted = pixelsOfClass.gt(0).to(lossOfClass.dtype);
        if (weights is not null)
        {
            counted = counted * weights;
        }

        return (lossOfClass * counted).sum() / counted.sum().clamp_min(1e-12);
    }
}
