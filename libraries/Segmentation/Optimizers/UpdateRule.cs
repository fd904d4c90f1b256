using System.Numerics;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// How a gradient changes a weight. Each rule is written twice: for 32-bit floats in this process's memory, where one pass
/// does it all, and in tensor operations for every other device.
/// </summary>
internal abstract class UpdateRule
{
    public const string Adam = "adam";
    public const string AdamW = "adamw";
    public const string Sgd = "sgd";
    public const string RmsProp = "rmsprop";

    /// <summary>The names there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [Adam, AdamW, Sgd, RmsProp];

    /// <summary>Numbers kept for each weight, 1 or 2.</summary>
    public abstract int States { get; }

    /// <summary>The rule that options ask for.</summary>
    public static UpdateRule Create(TrainingOptions options) => options.Optimizer switch
    {
        Adam => new AdamRule(options, decoupledDecay: false),
        AdamW => new AdamRule(options, decoupledDecay: true),
        Sgd => new SgdRule(options),
        RmsProp => new RmsPropRule(options),
        var other => throw new ArgumentException($"Optimizer '{other}' is not known; expected one of {string.Join(", ", Names)}.", nameof(options)),
    };

    /// <summary>Called once before the weights of a step are updated.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="learningRate">Its step size.</param>
    /// <param name="gradientScale">What every gradient is multiplied by first.</param>
    public abstract void Begin(long step, double learningRate, double gradientScale);

    /// <summary>Updates some weights and their state in place.</summary>
    public abstract void Apply(Span<Vector<float>> weights, ReadOnlySpan<Vector<float>> gradients, Span<Vector<float>> first, Span<Vector<float>> second);

    /// <summary>Updates one parameter and its state in place.</summary>
    public abstract void Apply(Tensor weight, Tensor gradient, Tensor first, Tensor? second);
}
