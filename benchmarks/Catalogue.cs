using Maskwright.Benchmarks.Dataset;

namespace Maskwright.Benchmarks;

/// <summary>Every benchmark there is.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        MasksBenchmark.Benchmark,
    ];
}
