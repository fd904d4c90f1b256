using Maskwright.OnnxInference;
using Maskwright.Segmentation;
using Maskwright.Segmentation.Onnx;
using SegmentationEvaluation = Maskwright.Segmentation.Evaluation;

namespace Maskwright.Benchmarks.Evaluator;

/// <summary>The exported network under ONNX Runtime beside the same network under libtorch, one image at a time and in batches.</summary>
internal static class OnnxBenchmark
{
    private const int Repeats = 7;
    private const int Batch = 8;

    public static Benchmark Benchmark { get; } = new("evaluator.onnx", "an exported network's forward pass at 256 x 256 beside libtorch's", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var split = await EvaluationSplit.CreateAsync(context, cancellationToken);
        using var model = EvaluationSplit.CreateModel();
        using var exported = OnnxPredictor.Load(OnnxExport.Write(model, "benchmark"), "model.onnx");
        var cache = await SampleCache.BuildAsync(split.ReadAsync(), EvaluationSplit.ImageSize, model.Description.Classes.Count, decoded: null, cancellationToken);
        var rows = new List<Row>();
        foreach (var (name, batch) in new[] { ("evaluator.onnx.one", 1), ("evaluator.onnx.batch", Batch) })
        {
            var libtorch = await Measurement.SecondsAsync(Repeats, () => SegmentationEvaluation.Run(model, cache, batch, cancellationToken));
            var onnx = await Measurement.SecondsAsync(Repeats, () =>
            {
                foreach (var samples in cache.Samples.Chunk(batch))
                    exported.Score([.. samples.Select(sample => sample.Image)]);
            });
            rows.Add(Row.MoreIsBetter(name, cache.Samples.Count / onnx, "images/s", Repeats, new PeerResult("libtorch", cache.Samples.Count / libtorch)));
        }

        return rows;
    }
}
