using System.Numerics;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// Gradient descent with momentum, plain or Nesterov's, as PyTorch has it: the velocity is a sum of gradients, and the step
/// size multiplies it (Sutskever et al. 2013, in PyTorch's form). The first velocity is the first gradient.
/// </summary>
internal sealed class SgdRule(TrainingOptions options) : UpdateRule
{
    private readonly float _momentum = (float)options.Momentum;
    private readonly float _l2 = (float)options.WeightDecay;
    private float _stepSize;
    private float _scale;

    public override int States => 1;

    public override void Begin(long step, double learningRate, double gradientScale)
    {
        // The velocity begins at nothing, so that the first is the first gradient.
        _stepSize = (float)learningRate;
        _scale = (float)gradientScale;
    }

    public override void Apply(Span<Vector<float>> weights, ReadOnlySpan<Vector<float>> gradients, Span<Vector<float>> first, Span<Vector<float>> second)
    {
        var (momentum, l2, scale, stepSize) = (new Vector<float>(_momentum), new Vector<float>(_l2), new Vector<float>(_scale), new Vector<float>(_stepSize));
        for (var i = 0; i < weights.Length; i++)
        {
            var gradient = (gradients[i] * scale) + (l2 * weights[i]);
            var velocity = (momentum * first[i]) + gradient;
            first[i] = velocity;
            weights[i] -= stepSize * (options.Nesterov ? gradient + (momentum * velocity) : velocity);
        }
    }

    public override void Apply(Tensor weight, Tensor gradient, Tensor first, Tensor? second)
    {
        var scaled = (gradient * _scale).add_(weight, alpha: _l2);
        first.mul_(_momentum).add_(scaled);
        weight.add_(options.Nesterov ? scaled.add_(first, alpha: _momentum) : first, alpha: -_stepSize);
    }
}
