using Maskwright.Segmentation;

namespace Maskwright.Benchmarks.Evaluator;

/// <summary>What counting every metric costs beside the forward pass it follows, both on one thread as in an evaluation.</summary>
internal static class MetricsCostBenchmark
{
    private const int Repeats = 7;

    public static Benchmark Benchmark { get; } = new("evaluator.metrics-cost", "counting of all metrics as a share of the forward pass", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var split = await EvaluationSplit.CreateAsync(context, cancellationToken);
        using var model = EvaluationSplit.CreateModel();
        var samples = new List<EvaluatedSample>();
        var settings = new EvaluationSettings();
        await SplitEvaluation.RunAsync(model, split.ReadAsync(), settings, (sample, _) => samples.Add(sample), cancellationToken);
        var infos = split.Samples.Select(sample => sample.Info).ToList();

        using var scorer = new Scorer(model, settings.Inference);
        var forward = await Measurement.SecondsAsync(Repeats, () =>
        {
            foreach (var batch in samples.Chunk(settings.BatchSize))
                scorer.Score([.. batch.Select(sample => sample.Image)]);
        });
        var count = await Measurement.SecondsAsync(Repeats, () =>
        {
            var tally = new SplitTally(model.Description.Classes.Count);
            foreach (var (sample, info) in samples.Zip(infos))
                tally.Add(sample.Key, sample.Truth, sample.Prediction, info);
        });
        return
        [
            Row.LessIsBetter("evaluator.metrics-cost.count", 1e3 * count / samples.Count, "ms/image", Repeats),
            Row.LessIsBetter("evaluator.metrics-cost.forward", 1e3 * forward / samples.Count, "ms/image", Repeats),
            Row.LessIsBetter("evaluator.metrics-cost", 100 * count / forward, "% of forward", Repeats),
        ];
    }
}
