using System.Diagnostics;
using Maskwright.Metrics.V1;

namespace Maskwright.Benchmarks.Metrics;

/// <summary>Eight training runs log at once, as fast as they can, and wait for the disk.</summary>
internal static class IngestBenchmark
{
    private const int Repeats = 3;
    private const int Writers = 8;
    private const int Metrics = 20;
    private const int Streams = 6;
    private const int StreamBatches = 10;

    public static Benchmark Benchmark { get; } = new(
        "metrics.ingest", "points a second that a collector keeps durably, from 8 writers over gRPC", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var folder = new CollectorFolder();
        await using var collector = await folder.StartAsync();
        var bulk = await MeasureAsync("bulk", steps: 50);
        var fine = await MeasureAsync("fine", steps: 1);
        return
        [
            Row.MoreIsBetter("metrics.ingest (batches of 50 steps x 20 metrics)", bulk, "points/s", Repeats, new PeerResult(RowsPeer.Name, Peer(folder, 50))),
            Row.MoreIsBetter("metrics.ingest (batches of 1 step x 20 metrics)", fine, "points/s", Repeats, new PeerResult(RowsPeer.Name, Peer(folder, 1))),
        ];

        async Task<double> MeasureAsync(string name, int steps)
        {
            for (var writer = 0; writer < Writers; writer++)
                await collector.Client.CreateRunAsync(new CreateRunRequest { RunId = $"{name}-{writer}", Run = new Run() }, cancellationToken: cancellationToken);
            var rates = new List<double>();
            for (var repeat = 0; repeat <= Repeats; repeat++)
            {
                var first = (long)repeat * Streams * StreamBatches;
                var started = Stopwatch.GetTimestamp();
                await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(collector.Client, $"{name}-{writer}", first, steps, cancellationToken)));
                rates.Add((double)Writers * Streams * StreamBatches * steps * Metrics / Stopwatch.GetElapsedTime(started).TotalSeconds);
            }

            // The first is for warming up.
            return Measurement.Median(rates.Skip(1));
        }
    }

    private static async Task WriteAsync(MetricsService.MetricsServiceClient client, string run, long sequence, int steps, CancellationToken cancellationToken)
    {
        for (var stream = 0; stream < Streams; stream++)
        {
            using var call = client.LogMetrics(cancellationToken: cancellationToken);
            for (var batch = 0; batch < StreamBatches; batch++)
                await call.RequestStream.WriteAsync(CollectorFolder.Batch(run, ++sequence, steps, Metrics), cancellationToken);
            await call.RequestStream.CompleteAsync();
            if ((await call).PointsAccepted != StreamBatches * steps * Metrics)
                throw new InvalidOperationException("The collector did not take all points.");
        }
    }

    private static double Peer(CollectorFolder folder, int steps)
    {
        using var connection = RowsPeer.Open($"{folder.PeerDatabase}-{steps}");
        const int Batches = 100;
        var rates = new List<double>();
        for (var repeat = 0; repeat <= Repeats; repeat++)
        {
            var started = Stopwatch.GetTimestamp();
            RowsPeer.Write(connection, (long)repeat * Batches * steps, Batches, steps, Metrics);
            rates.Add((double)Batches * steps * Metrics / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return Measurement.Median(rates.Skip(1));
    }
}
