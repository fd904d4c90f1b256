using System.Diagnostics;
using Maskwright.Datasets;
using Maskwright.Imaging;
using Maskwright.Segmentation;

namespace Maskwright.Benchmarks.Evaluator;

/// <summary>JPEG in, mask PNG out, with a warm model: latency of one client, throughput of sixteen, memory over 2,000.</summary>
internal static class PredictBenchmark
{
    private const int Alone = 200;
    private const int Clients = 16;
    private const int Lasting = 2_000;

    public static Benchmark Benchmark { get; } = new("evaluator.predict", "a 640 x 480 JPEG to a mask PNG at 256 x 256, warm: latency, throughput, memory", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var split = await EvaluationSplit.CreateAsync(context, cancellationToken);
        using var model = EvaluationSplit.CreateModel();
        await using var predictor = new Predictor(model);
        var jpegs = split.Samples.Select(Sized).ToList();
        foreach (var jpeg in jpegs)
            await PredictAsync(predictor, jpeg, cancellationToken);

        var latencies = new List<double>();
        for (var i = 0; i < Alone; i++)
            latencies.Add(await PredictAsync(predictor, jpegs[i % jpegs.Count], cancellationToken));
        latencies.Sort();
        var alone = 1e3 / latencies.Average();

        var before = Resident();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            for (var i = client; i < Lasting; i += Clients)
                await PredictAsync(predictor, jpegs[i % jpegs.Count], cancellationToken);
        }));
        var together = Lasting / Stopwatch.GetElapsedTime(started).TotalSeconds;
        return
        [
            Row.LessIsBetter("evaluator.predict.median", latencies[Alone / 2], "ms", Alone),
            Row.LessIsBetter("evaluator.predict.p99", latencies[Alone * 99 / 100], "ms", Alone),
            Row.MoreIsBetter("evaluator.predict.16-clients", together, "images/s", Lasting, new PeerResult("one by one", alone)),
            Row.LessIsBetter("evaluator.predict.memory-growth", Resident() - before, "MB", Lasting),
        ];
    }

    // As the service does it, but for the transport.
    private static async Task<double> PredictAsync(Predictor predictor, byte[] jpeg, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.Yield();
        var image = ImageCodec.Decode(jpeg, "image");
        var prediction = await predictor.PredictAsync(image, cancellationToken);
        _ = PalettePng.Encode(prediction.Labels.Mask, Palette.Default);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static byte[] Sized(EncodedSample sample) =>
        ImageCodec.EncodeJpeg(Resampling.Resize(ImageCodec.Decode(sample.Jpeg, sample.Key), 640, 480), 90);

    private static double Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1e6;
    }
}
