using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// Parameters in this process's memory, cut into slices that several threads update at once. Every slice is a function of its
/// own numbers, and sums are added in the slices' order, so that the result depends on no thread's timing.
/// </summary>
internal sealed class ParameterSlices
{
    // Small enough to spread the largest convolution, large enough that taking a slice costs nothing.
    private const int Length = 65_536;

    private readonly List<Slice> _slices;
    private readonly ParallelOptions _parallel = new() { MaxDegreeOfParallelism = get_num_threads() };

    private ParameterSlices(List<Slice> slices) => _slices = slices;

    /// <summary>The slices of parameters that have gradients. They hold while the tensors live.</summary>
    public static ParameterSlices Of(IEnumerable<(OptimizedParameter Parameter, Tensor Gradient)> parameters)
    {
        var slices = new List<Slice>();
        foreach (var (parameter, gradient) in parameters)
        {
            var (weights, gradients) = (Address(parameter.Parameter), Address(gradient));
            var first = Address(parameter.First);
            var second = parameter.Second is null ? 0 : Address(parameter.Second);
            var count = checked((int)parameter.Parameter.numel());
            for (var start = 0; start < count; start += Length)
            {
                var offset = (nint)start * sizeof(float);
                slices.Add(new Slice(
                    weights + offset, gradients + offset, first + offset, second == 0 ? 0 : second + offset, Math.Min(Length, count - start)));
            }
        }

        return new ParameterSlices(slices);
    }

    /// <summary>The squares of all gradients added up.</summary>
    public double SumOfSquares()
    {
        var sums = new double[_slices.Count];
        Parallel.For(0, _slices.Count, _parallel, index => sums[index] = SumOfSquares(At(_slices[index].Gradients, _slices[index].Count)));
        return sums.Sum();
    }

    /// <summary>Updates all parameters.</summary>
    public void Apply(UpdateRule rule) => Parallel.For(0, _slices.Count, _parallel, index =>
    {
        var slice = _slices[index];
        var second = slice.Second == 0 ? [] : At(slice.Second, slice.Count);
        Apply(rule, At(slice.Weights, slice.Count), At(slice.Gradients, slice.Count), At(slice.First, slice.Count), second);
    });

    private static void Apply(UpdateRule rule, Span<float> weights, Span<float> gradients, Span<float> first, Span<float> second)
    {
        rule.Apply(Vectors(weights), Vectors(gradients), Vectors(first), Vectors(second));
        var rest = weights.Length % Vector<float>.Count;
        if (rest == 0)
        {
            return;
        }

        // The last few in vectors of their own, filled up with zeros, which every rule leaves alone.
        Span<Vector<float>> last = stackalloc Vector<float>[4];
        last.Clear();
        var numbers = MemoryMarshal.Cast<Vector<float>, float>(last);
        var width = Vector<float>.Count;
        var done = weights.Length - rest;
        weights[done..].CopyTo(numbers);
        gradients[done..].CopyTo(numbers[width..]);
        first[done..].CopyTo(numbers[(2 * width)..]);
        second[Math.Min(done, second.Length)..].CopyTo(numbers[(3 * width)..]);
        rule.Apply(last[..1], last.Slice(1, 1), last.Slice(2, 1), last.Slice(3, 1));
        numbers[..rest].CopyTo(weights[done..]);
        numbers.Slice(2 * width, rest).CopyTo(first[done..]);
        if (second.Length > 0)
        {
            numbers.Slice(3 * width, rest).CopyTo(second[done..]);
        }
    }

    private static double SumOfSquares(Span<float> values)
    {
        var (low, high) = (Vector<double>.Zero, Vector<double>.Zero);
        foreach (var vector in Vectors(values))
        {
            Vector.Widen(vector, out var first, out var second);
            low += first * first;
            high += second * second;
        }

        var sum = Vector.Sum(low + high);
        foreach (var value in values[^(values.Length % Vector<float>.Count)..])
        {
            sum += (double)value * value;
        }

        return sum;
    }

    private static Span<Vector<float>> Vectors(Span<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);

    private static unsafe Span<float> At(nint address, int count) => new((void*)address, count);

    private static unsafe nint Address(Tensor tensor)
    {
        using var flat = OptimizedParameter.InMemoryOrder(tensor);
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(flat.bytes));
    }

    private sealed record Slice(nint Weights, nint Gradients, nint First, nint Second, int Count);
}
