using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>A parameter and what an optimiser remembers of it, in the parameter's own memory order.</summary>
internal sealed class OptimizedParameter : IDisposable
{
    /// <summary>Begins with a memory of nothing.</summary>
    /// <param name="name">State-dict key.</param>
    /// <param name="parameter">The parameter.</param>
    /// <param name="states">Numbers kept for each weight, 1 or 2.</param>
    public OptimizedParameter(string name, Parameter parameter, int states)
    {
        (Name, Parameter) = (name, parameter);
        First = zeros_like(parameter, requires_grad: false).DetachFromDisposeScope();
        Second = states > 1 ? zeros_like(parameter, requires_grad: false).DetachFromDisposeScope() : null;
        using var flat = InMemoryOrder(parameter);
        IsInMemory = parameter.device_type == DeviceType.CPU && parameter.dtype == ScalarType.Float32 && flat.is_contiguous();
    }

    private string GradientName => "gradient." + Name;

    /// <summary>State-dict key.</summary>
    public string Name { get; }

    /// <summary>The parameter.</summary>
    public Parameter Parameter { get; }

    /// <summary>The first number kept for each weight.</summary>
    public Tensor First { get; }

    /// <summary>The second one; null where the rule keeps one.</summary>
    public Tensor? Second { get; }

    /// <summary>Whether its numbers can be read and written here as one run of 32-bit floats.</summary>
    public bool IsInMemory { get; }

    /// <summary>A view whose row-major order is the order in memory: convolution weights lie with their channels last.</summary>
    public static Tensor InMemoryOrder(Tensor tensor) => tensor.dim() == 4 ? tensor.permute(0, 2, 3, 1) : tensor.alias();

    /// <summary>What is remembered, by name, and the gradient where batches have begun to add one up.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State()
    {
        yield return ("optimizer.first." + Name, First);
        if (Second is not null)
        {
            yield return ("optimizer.second." + Name, Second);
        }

        if (Parameter.grad is { } gradient)
        {
            yield return (GradientName, gradient);
        }
    }

    /// <summary>Takes what <see cref="State"/> gave.</summary>
    /// <exception cref="WeightsFormatException">Something is missing, or of another shape.</exception>
    public void Restore(StoredState stored)
    {
        stored.CopyInto("optimizer.first." + Name, First);
        if (Second is not null)
        {
            stored.CopyInto("optimizer.second." + Name, Second);
        }

        if (stored.Has(GradientName))
        {
            // In the parameter's memory order, as a backward pass makes it.
            using var gradient = zeros_like(Parameter, requires_grad: false);
            stored.CopyInto(GradientName, gradient);
            Parameter.grad = gradient;
        }
    }

    public void Dispose()
    {
        First.Dispose();
        Second?.Dispose();
    }
}
