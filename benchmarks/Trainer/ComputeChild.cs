using System.Globalization;

namespace Maskwright.Benchmarks.Trainer;

/// <summary>The measuring side of benchmarks that compute: figures on standard output.</summary>
internal static class ComputeChild
{
    /// <summary>The hidden command that makes this program measure one of them.</summary>
    public const string Command = "measure";

    /// <summary>Measures and prints.</summary>
    public static async Task RunAsync(string name)
    {
        var figures = name switch
        {
            StepBenchmark.Name => await StepBenchmark.MeasureAsync(),
            EvalBenchmark.Name => await EvalBenchmark.MeasureAsync(),
            MemoryBenchmark.Name => await MemoryBenchmark.MeasureAsync(),
            CheckpointBenchmark.Name => await CheckpointBenchmark.MeasureAsync(),
            _ => throw new ArgumentException($"'{name}' is not measured in a process of its own.", nameof(name)),
        };
        Console.WriteLine(string.Join(' ', figures.Select(figure => figure.ToString(CultureInfo.InvariantCulture))));
    }
}
