using System.Diagnostics;

namespace Maskwright.Benchmarks.Evaluator;

/// <summary>Latency of one client, and throughput of sixteen beside it.</summary>
internal static class PredictBenchmark
{
    private const int Rounds = 5;
    private const int Images = 200;
    private const int Clients = 16;

    public static Benchmark Benchmark { get; } = new("evaluator.predict", "a 640 x 480 JPEG to a mask PNG at 256 x 256, warm: latency and throughput", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using var service = await PredictService.StartAsync(context, cancellationToken);
        var latencies = new List<double>();
        var (alone, together) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            latencies.AddRange(await TimedAsync(service, clients: 1, alone, cancellationToken));
            await TimedAsync(service, Clients, together, cancellationToken);
        }

        latencies.Sort();
        return
        [
            Row.LessIsBetter("evaluator.predict.median", Measurement.Median(latencies), "ms", latencies.Count),
            Row.LessIsBetter("evaluator.predict.p99", latencies[latencies.Count * 99 / 100], "ms", latencies.Count),
            Row.MoreIsBetter("evaluator.predict.16-clients", Measurement.Median(together), "images/s", Rounds, new PeerResult("one by one", Measurement.Median(alone))),
        ];
    }

    private static async Task<IReadOnlyList<double>> TimedAsync(PredictService service, int clients, List<double> rates, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var latencies = await service.PredictAsync(Images, clients, cancellationToken);
        rates.Add(Images / Stopwatch.GetElapsedTime(started).TotalSeconds);
        return latencies;
    }
}
