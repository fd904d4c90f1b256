using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>Changes parameters by their gradients, and keeps what it needs to know of the steps before.</summary>
internal sealed class Optimizer : IDisposable
{
    // torch.nn.utils.clip_grad_norm_'s.
    private const double ClipMargin = 1e-6;

    private readonly UpdateRule _rule;
    private readonly double _clipNorm;
    private readonly bool _inMemory;
    private readonly List<OptimizedParameter> _parameters;

    /// <summary>An optimiser that has made no step.</summary>
    /// <param name="options">Which rule, its constants, and the clipping norm.</param>
    /// <param name="parameters">What it changes, by state-dict key.</param>
    public Optimizer(TrainingOptions options, IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        _rule = UpdateRule.Create(options);
        _clipNorm = options.ClipNorm;
        _parameters = [.. parameters.Select(named => new OptimizedParameter(named.Name, named.Parameter, _rule.States))];
        _inMemory = _parameters.TrueForAll(parameter => parameter.IsInMemory);
    }

    /// <summary>Steps made.</summary>
    public long Steps { get; private set; }

    /// <summary>Forgets every gradient.</summary>
    public void ZeroGradients()
    {
        foreach (var parameter in _parameters)
        {
            parameter.Parameter.grad = null;
        }
    }

    /// <summary>Makes one step from the gradients that the parameters have; parameters without one stay.</summary>
    /// <param name="learningRate">Its step size.</param>
    /// <param name="gradientScale">What every gradient is multiplied by first.</param>
    /// <param name="waits">
    /// Whether the host waits for the norm, to make no step where it is not a finite number. Without it, a device other than
    /// the CPU computes on, and such a step leaves weights that are none; in this process's memory nobody has to wait.
    /// </param>
    /// <returns>The norm of all gradients together, scaled, before clipping: a scalar of 64 bits where the parameters are.</returns>
    public Tensor Step(double learningRate, double gradientScale = 1, bool waits = true)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var gradients = _parameters.Select(parameter => (Parameter: parameter, Gradient: parameter.Parameter.grad))
            .Where(pair => pair.Gradient is not null)
            .Select(pair => (pair.Parameter, Gradient: pair.Gradient!))
            .ToList();
        var norm = _inMemory ? StepInMemory(gradients, learningRate, gradientScale) : StepByTensors(gradients, learningRate, gradientScale, waits);
        return norm.MoveToOuterDisposeScope();
    }

    private Tensor StepInMemory(IReadOnlyList<(OptimizedParameter Parameter, Tensor Gradient)> gradients, double learningRate, double gradientScale)
    {
        var slices = ParameterSlices.Of(gradients);
        var norm = gradientScale * Math.Sqrt(slices.SumOfSquares());
        if (double.IsFinite(norm))
        {
            var clip = _clipNorm > 0 && norm > _clipNorm ? _clipNorm / (norm + ClipMargin) : 1;
            _rule.Begin(++Steps, learningRate, gradientScale * clip);
            slices.Apply(_rule);
        }

        return tensor(norm, ScalarType.Float64);
    }

    private Tensor StepByTensors(
        IReadOnlyList<(OptimizedParameter Parameter, Tensor Gradient)> gradients, double learningRate, double gradientScale, bool waits)
    {
        var norm = stack([.. gradients.Select(pair => pair.Gradient.square().sum().to(ScalarType.Float64))]).sum().sqrt().mul(gradientScale);
        if (waits && !double.IsFinite(norm.item<double>()))
        {
            return norm;
        }

        var clip = _clipNorm > 0 ? (norm + ClipMargin).reciprocal().mul(_clipNorm).clamp_max(1) : null;
        _rule.Begin(++Steps, learningRate, gradientScale);
        foreach (var (parameter, gradient) in gradients)
        {
            var clipped = clip is null ? gradient : gradient * clip.to(gradient.dtype);
            _rule.Apply(parameter.Parameter, clipped, parameter.First, parameter.Second);
        }

        return norm;
    }

    /// <summary>What it knows of the steps before, beside their number, by name.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State() => _parameters.SelectMany(parameter => parameter.State());

    /// <summary>Goes on from what <see cref="State"/> gave.</summary>
    /// <param name="steps">Steps made by then.</param>
    /// <param name="stored">What it gave.</param>
    /// <exception cref="WeightsFormatException">Something is missing, or of another shape.</exception>
    public void Restore(long steps, StoredState stored)
    {
        using var noGrad = no_grad();
        Steps = steps;
        _parameters.ForEach(parameter => parameter.Restore(stored));
    }

    /// <inheritdoc/>
    public void Dispose() => _parameters.ForEach(parameter => parameter.Dispose());
}
