namespace Maskwright.Benchmarks;

/// <summary>One claim of speed and how it is measured.</summary>
/// <param name="Name">Subject and claim, e.g. <c>dataset.masks</c>.</param>
/// <param name="Measures">What is measured, in one line.</param>
/// <param name="RunAsync">Measures and gives the figures.</param>
public sealed record Benchmark(
    string Name, string Measures, Func<BenchmarkContext, CancellationToken, Task<IReadOnlyList<Row>>> RunAsync);

/// <summary>What a run was asked with.</summary>
/// <param name="CocoFolder">A folder in COCO's layout, or null for generated scenes.</param>
public sealed record BenchmarkContext(string? CocoFolder);
