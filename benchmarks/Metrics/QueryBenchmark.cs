using Maskwright.Metrics.V1;

namespace Maskwright.Benchmarks.Metrics;

/// <summary>A long series is asked for, thinned to what a chart draws.</summary>
internal static class QueryBenchmark
{
    private const int Repeats = 11;
    private const int Drawn = 2_000;

    public static Benchmark Benchmark { get; } = new(
        "metrics.query", "milliseconds until a long series is there in 1,000 buckets of smallest and largest, over gRPC", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var folder = new CollectorFolder();
        await folder.FillAsync("million", "m", 1_000_000, cancellationToken);
        await folder.FillAsync("ten", "m", 10_000_000, cancellationToken);
        await using var collector = await folder.StartAsync();
        using var rows = RowsPeer.Open(folder.PeerDatabase);
        RowsPeer.Write(rows, 0, batches: 100, steps: 10_000, metrics: 1);
        var peer = await Measurement.SecondsAsync(Repeats, () => RowsPeer.Thin(rows, 1_000_000, Drawn / 2));
        return
        [
            Row.LessIsBetter("metrics.query (1,000,000 points)", await MeasureAsync("million", null), "ms", Repeats, new PeerResult(RowsPeer.Name, peer * 1e3)),
            Row.LessIsBetter("metrics.query (10,000,000 points)", await MeasureAsync("ten", null), "ms", Repeats),
            Row.LessIsBetter("metrics.query (100,000 of 10,000,000 points)", await MeasureAsync("ten", 5_000_000), "ms", Repeats),
        ];

        async Task<double> MeasureAsync(string run, long? from)
        {
            var request = new QueryMetricsRequest { Run = $"runs/{run}", Metrics = { "m" }, MaxPoints = Drawn };
            if (from is { } first)
                (request.MinStep, request.MaxStep) = (first, first + 99_999);
            return 1e3 * await Measurement.SecondsAsync(Repeats, async () =>
            {
                var answer = await collector.Client.QueryMetricsAsync(request, cancellationToken: cancellationToken);
                if (answer.Series[0].Points.Count is < Drawn / 2 or > Drawn)
                    throw new InvalidOperationException($"The answer has {answer.Series[0].Points.Count} points.");
            });
        }
    }
}
