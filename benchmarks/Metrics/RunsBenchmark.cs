using Maskwright.Metrics.V1;
using Maskwright.MetricsCollector;

namespace Maskwright.Benchmarks.Metrics;

/// <summary>Ten thousand runs are filtered, sorted and listed.</summary>
internal static class RunsBenchmark
{
    private const int Repeats = 11;
    internal const int Runs = 10_000;
    private const int Options = 20;
    private const int Metrics = 10;

    public static Benchmark Benchmark { get; } = new(
        "metrics.runs", "milliseconds until a page of 10,000 runs with 20 options and 10 metrics each is there, over gRPC", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        // Only reading is measured; ten thousand runs are registered sooner where nothing is written to a disk.
        using var folder = new CollectorFolder(Directory.Exists("/dev/shm") ? "/dev/shm" : null);
        await FillAsync(folder, cancellationToken);
        await using var collector = await folder.StartAsync();
        return
        [
            await MeasureAsync("newest 50", new ListRunsRequest()),
            await MeasureAsync("best 50", new ListRunsRequest { OrderBy = "max(val/metric_3) desc" }),
            await MeasureAsync("best 50 of a filter", new ListRunsRequest
            {
                Filter = "state = running AND options.option_7 >= 500 AND max(val/metric_1) > 0.3 AND NOT tags.bad:*",
                OrderBy = "options.option_3 desc",
            }),
            await MeasureAsync("newest 1,000", new ListRunsRequest { PageSize = 1_000 }),
        ];

        async Task<Row> MeasureAsync(string name, ListRunsRequest request)
        {
            var seconds = await Measurement.SecondsAsync(Repeats, async () =>
            {
                var page = await collector.Client.ListRunsAsync(request, cancellationToken: cancellationToken);
                if (page.Runs.Count != (request.PageSize == 0 ? 50 : request.PageSize))
                    throw new InvalidOperationException($"The page has {page.Runs.Count} runs.");
            });
            return Row.LessIsBetter($"metrics.runs ({name})", seconds * 1e3, "ms", Repeats);
        }
    }

    internal static async Task FillAsync(CollectorFolder folder, CancellationToken cancellationToken)
    {
        await using var store = await MetricsStore.OpenSqliteAsync(folder.Database, TimeProvider.System);
        var last = Task.FromResult(true);
        for (var run = 0; run < Runs; run++)
        {
            var options = Enumerable.Range(0, Options).ToDictionary(i => $"option_{i}", i => $"{run * (i + 7919) % 1000}");
            await store.CreateRunAsync(new NewRun { Id = $"run-{run}", Options = options }, cancellationToken);
            var points = Enumerable.Range(0, Metrics).Select(i => new StoredPoint($"val/metric_{i}", 1, 1, CollectorFolder.Time(run), run * (i + 104729) % 1000 * 1e-3));
            last = await store.EnqueueAsync(new PointBatch($"run-{run}", "fill", 1, [.. points]), last, cancellationToken);
        }

        await last;
    }
}
