using System.Diagnostics;
using Maskwright.Datasets;
using Maskwright.Imaging;
using Maskwright.Segmentation;

namespace Maskwright.Benchmarks.Evaluator;

/// <summary>Predictions as the service makes them, but for the transport: a 640 x 480 JPEG in, a mask PNG out, the model warm.</summary>
internal sealed class PredictService : IAsyncDisposable
{
    private readonly Predictor _predictor;
    private readonly List<byte[]> _jpegs;

    private PredictService(Predictor predictor, List<byte[]> jpegs) => (_predictor, _jpegs) = (predictor, jpegs);

    public static async Task<PredictService> StartAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var split = await EvaluationSplit.CreateAsync(context, cancellationToken);
        using var model = EvaluationSplit.CreateModel();
        var service = new PredictService(new Predictor(model), [.. split.Samples.Select(Sized)]);
        await service.PredictAsync(service._jpegs.Count, clients: 2, cancellationToken);
        return service;
    }

    /// <summary>Predicts that many images by so many clients, each of which waits for its answer; gives the milliseconds of each.</summary>
    public async Task<IReadOnlyList<double>> PredictAsync(int images, int clients, CancellationToken cancellationToken)
    {
        var latencies = await Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
        {
            var own = new List<double>();
            for (var i = client; i < images; i += clients)
                own.Add(await PredictAsync(_jpegs[i % _jpegs.Count], cancellationToken));
            return own;
        }));
        return [.. latencies.SelectMany(own => own)];
    }

    public ValueTask DisposeAsync() => _predictor.DisposeAsync();

    private async Task<double> PredictAsync(byte[] jpeg, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.Yield();
        var image = ImageCodec.Decode(jpeg, "image");
        var prediction = await _predictor.PredictAsync(image, withConfidence: false, cancellationToken);
        _ = PalettePng.Encode(prediction.Labels.Mask, Palette.Default);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static byte[] Sized(EncodedSample sample) =>
        ImageCodec.EncodeJpeg(Resampling.Resize(ImageCodec.Decode(sample.Jpeg, sample.Key), 640, 480), 90);
}
