using Maskwright.Metrics.V1;

namespace Maskwright.Benchmarks.Metrics;

/// <summary>A collector with many points is started, asked and written to.</summary>
internal static class CollectorMemoryBenchmark
{
    private const long Points = 100_000_000;
    private const int Queries = 20;
    private const int Batches = 200;

    public static Benchmark Benchmark { get; } = new(
        "metrics.memory", "resident memory and disk of a collector that keeps 100,000,000 points", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var folder = new CollectorFolder();
        await folder.FillAsync("many", "m", Points, cancellationToken);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await using var collector = await folder.StartAsync();
        var start = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
        var megabytes = 0.0;
        for (var query = 0; query < Queries; query++)
        {
            await collector.Client.QueryMetricsAsync(new QueryMetricsRequest { Run = "runs/many", MaxPoints = 2_000 }, cancellationToken: cancellationToken);
            megabytes = Math.Max(megabytes, collector.ResidentBytes / 1e6);
        }

        await collector.Client.CreateRunAsync(new CreateRunRequest { RunId = "more", Run = new Run() }, cancellationToken: cancellationToken);
        for (var sequence = 1; sequence <= Batches; sequence++)
        {
            using var call = collector.Client.LogMetrics(cancellationToken: cancellationToken);
            await call.RequestStream.WriteAsync(CollectorFolder.Batch("more", sequence, 50, 20), cancellationToken);
            await call.RequestStream.CompleteAsync();
            await call;
            megabytes = Math.Max(megabytes, collector.ResidentBytes / 1e6);
        }

        return
        [
            Row.LessIsBetter("metrics.memory (resident at most)", megabytes, "MB", 1),
            Row.LessIsBetter("metrics.memory (disk)", new FileInfo(folder.Database).Length / 1e6, "MB", 1),
            Row.LessIsBetter("metrics.memory (start, with the check of every page)", start, "s", 1),
        ];
    }
}
