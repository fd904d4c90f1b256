using Maskwright.Segmentation;

namespace Maskwright.Benchmarks.Evaluator;

/// <summary>What every metric of an evaluation costs beside the forward passes it measures.</summary>
internal static class MetricsCostBenchmark
{
    private const int Repeats = 7;

    public static Benchmark Benchmark { get; } = new("evaluator.metrics-cost", "counting of all metrics as a share of the whole evaluation without it", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var split = await EvaluationSplit.CreateAsync(context, cancellationToken);
        using var model = EvaluationSplit.CreateModel();
        var samples = new List<EvaluatedSample>();
        await SplitEvaluation.RunAsync(model, split.ReadAsync(), new EvaluationSettings(), (sample, _) => samples.Add(sample), cancellationToken);
        var images = samples.Select(sample => sample.Image).ToList();
        
        await using var forward = new Predictor(model);
        var forwardSeconds = await Measurement.SecondsAsync(Repeats, () => Task.WhenAll(images.Select(image => forward.PredictAsync(image, cancellationToken))));
        var countSeconds = await Measurement.SecondsAsync(Repeats, () =>
        {
            var tally = new SplitTally(model.Description.Classes.Count);
            foreach (var sample in samples)
                tally.Add(sample.Key, sample.Truth, sample.Prediction);
        });
        return
        [
            Row.LessIsBetter("evaluator.metrics-cost.count", 1e3 * countSeconds / samples.Count, "ms/image", Repeats),
            Row.LessIsBetter("evaluator.metrics-cost.forward", 1e3 * forwardSeconds / samples.Count, "ms/image", Repeats),
            Row.LessIsBetter("evaluator.metrics-cost", 100 * countSeconds / forwardSeconds, "% of forward", Repeats),
        ];
    }
}
