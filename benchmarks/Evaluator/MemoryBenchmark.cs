using System.Diagnostics;

namespace Maskwright.Benchmarks.Evaluator;

/// <summary>Whether memory stays where it is while predictions go on.</summary>
internal static class MemoryBenchmark
{
    private const int Settling = 1_000;
    private const int Lasting = 2_000;
    private const int Clients = 16;

    public static Benchmark Benchmark { get; } = new("evaluator.memory", "resident memory over 2,000 predictions of 16 clients, after 1,000 that settle it", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using var service = await PredictService.StartAsync(context, cancellationToken);
        await service.PredictAsync(Settling, Clients, cancellationToken);
        var settled = Resident();
        await service.PredictAsync(Lasting, Clients, cancellationToken);
        return
        [
            Row.LessIsBetter("evaluator.memory resident after 1,000", settled, "MB", 1),
            Row.LessIsBetter("evaluator.memory growth over 2,000 more", Resident() - settled, "MB", 1),
        ];
    }

    // What is in use, not what the collector has not come to yet.
    private static double Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1e6;
    }
}
