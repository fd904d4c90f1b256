using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>Changes parameters by their gradients, and keeps what it needs to know of the steps before.</summary>
internal sealed class Optimizer : IDisposable
{
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
    /// <returns>The norm of all gradients together, scaled, before clipping. When it is not a finite number, nothing was changed.</returns>
    public double Step(double learningRate, double gradientScale = 1)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var gradients = _parameters.Select(parameter => (Parameter: parameter, Gradient: parameter.Parameter.grad))
            .Where(pair => pair.Gradient is not null)
            .Select(pair => (pair.Parameter, Gradient: pair.Gradient!))
            .ToList();
        var slices = _inMemory ? ParameterSlices.Of(gradients) : null;

        // Elsewhere than in memory the host waits once for all of them.
        var norm = gradientScale * Math.Sqrt(slices?.SumOfSquares()
            ?? stack([.. gradients.Select(pair => pair.Gradient.square().sum().to(ScalarType.Float64))]).sum().item<double>());
        if (!double.IsFinite(norm))
        {
            return norm;
        }

        var clip = _clipNorm > 0 && norm > _clipNorm ? _clipNorm / (norm + 1e-6) : 1;
        _rule.Begin(++Steps, learningRate, gradientScale * clip);
        if (slices is not null)
        {
            slices.Apply(_rule);
            return norm;
        }

        foreach (var (parameter, gradient) in gradients)
        {
            _rule.Apply(parameter.Parameter, gradient, parameter.First, parameter.Second);
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
