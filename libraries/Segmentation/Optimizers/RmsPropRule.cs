using System.Numerics;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// RMSprop (Tieleman and Hinton 2012, lecture 6.5) with momentum, as PyTorch has it: the gradient over the root of its
/// running square, summed into a velocity.
/// </summary>
internal sealed class RmsPropRule(TrainingOptions options) : UpdateRule
{
    private readonly float _alpha = (float)options.RmsAlpha;
    private readonly float _momentum = (float)options.Momentum;
    private readonly float _epsilon = (float)options.Epsilon;
    private readonly float _l2 = (float)options.WeightDecay;
    private float _stepSize;
    private float _scale;

    public override int States => 2;

    public override void Begin(long step, double learningRate, double gradientScale)
    {
        _stepSize = (float)learningRate;
        _scale = (float)gradientScale;
    }

    public override void Apply(Span<Vector<float>> weights, ReadOnlySpan<Vector<float>> gradients, Span<Vector<float>> first, Span<Vector<float>> second)
    {
        var (alpha, rest, momentum) = (new Vector<float>(_alpha), new Vector<float>(1 - _alpha), new Vector<float>(_momentum));
        var (l2, scale, stepSize, epsilon) = (new Vector<float>(_l2), new Vector<float>(_scale), new Vector<float>(_stepSize), new Vector<float>(_epsilon));
        for (var i = 0; i < weights.Length; i++)
        {
            var gradient = (gradients[i] * scale) + (l2 * weights[i]);
            var square = (alpha * first[i]) + (rest * gradient * gradient);
            var velocity = (momentum * second[i]) + (gradient / (Vector.SquareRoot(square) + epsilon));
            first[i] = square;
            second[i] = velocity;
            weights[i] -= stepSize * velocity;
        }
    }

    public override void Apply(Tensor weight, Tensor gradient, Tensor first, Tensor? second)
    {
        var scaled = (gradient * _scale).add_(weight, alpha: _l2);
        first.mul_(_alpha).addcmul_(scaled, scaled, value: 1 - _alpha);
        second!.mul_(_momentum).addcdiv_(scaled, first.sqrt().add_(_epsilon), value: 1);
        weight.add_(second, alpha: -_stepSize);
    }
}
