using System.Numerics;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) with weight decay as a part of the gradient, or AdamW (Loshchilov and Hutter 2019),
/// which decays the weights themselves.
/// </summary>
internal sealed class AdamRule(TrainingOptions options, bool decoupledDecay) : UpdateRule
{
    private readonly float _beta1 = (float)options.Beta1;
    private readonly float _beta2 = (float)options.Beta2;
    private readonly float _epsilon = (float)options.Epsilon;
    private readonly float _l2 = decoupledDecay ? 0 : (float)options.WeightDecay;
    private float _keep;
    private float _stepSize;
    private float _rootCorrection;
    private float _scale;

    public override int States => 2;

    public override void Begin(long step, double learningRate, double gradientScale)
    {
        _keep = decoupledDecay ? (float)(1 - (learningRate * options.WeightDecay)) : 1;
        _stepSize = (float)(learningRate / (1 - Math.Pow(options.Beta1, step)));
        _rootCorrection = (float)Math.Sqrt(1 - Math.Pow(options.Beta2, step));
        _scale = (float)gradientScale;
    }

    public override void Apply(Span<Vector<float>> weights, ReadOnlySpan<Vector<float>> gradients, Span<Vector<float>> first, Span<Vector<float>> second)
    {
        var (beta1, rest1) = (new Vector<float>(_beta1), new Vector<float>(1 - _beta1));
        var (beta2, rest2) = (new Vector<float>(_beta2), new Vector<float>(1 - _beta2));
        var (keep, l2, scale) = (new Vector<float>(_keep), new Vector<float>(_l2), new Vector<float>(_scale));
        var (stepSize, correction, epsilon) = (new Vector<float>(_stepSize), new Vector<float>(1 / _rootCorrection), new Vector<float>(_epsilon));
        for (var i = 0; i < weights.Length; i++)
        {
            var weight = weights[i];
            var gradient = (gradients[i] * scale) + (l2 * weight);
            var mean = (beta1 * first[i]) + (rest1 * gradient);
            var square = (beta2 * second[i]) + (rest2 * gradient * gradient);
            first[i] = mean;
            second[i] = square;
            weights[i] = (keep * weight) - (stepSize * mean / ((Vector.SquareRoot(square) * correction) + epsilon));
        }
    }

    public override void Apply(Tensor weight, Tensor gradient, Tensor first, Tensor? second)
    {
        var scaled = (gradient * _scale).add_(weight, alpha: _l2);
        first.mul_(_beta1).add_(scaled, alpha: 1 - _beta1);
        second!.mul_(_beta2).addcmul_(scaled, scaled, value: 1 - _beta2);
        weight.mul_(_keep).addcdiv_(first, second.sqrt().div_(_rootCorrection).add_(_epsilon), value: -_stepSize);
    }
}
