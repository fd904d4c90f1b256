namespace Maskwright.Benchmarks.Trainer;

/// <summary>What is left of the speed of two that compute at once on the same cores, of what each has alone.</summary>
internal static class NeighbourBenchmark
{
    public static Benchmark Benchmark { get; } = new(
        "trainer.neighbour", "speed of two workers at once, and of an evaluation beside a worker, in % of what they have alone", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var step = await MeasureAsync(StepBenchmark.Name);
        var eval = await MeasureAsync(EvalBenchmark.Name);
        var workers = await Task.WhenAll(MeasureAsync(StepBenchmark.Name), MeasureAsync(StepBenchmark.Name));

        // The worker takes several times as long: the evaluation lies within it.
        var beside = await Task.WhenAll(MeasureAsync(StepBenchmark.Name), MeasureAsync(EvalBenchmark.Name));
        return
        [
            Row.MoreIsBetter("trainer.neighbour, slower of two workers", 100 * workers.Min() / step, "% of alone", 1),
            Row.MoreIsBetter("trainer.neighbour, evaluation beside a worker", 100 * beside[1] / eval, "% of alone", 1),
        ];

        async Task<double> MeasureAsync(string name) => (await ComputeSetting.InWorkerAsync(name, cancellationToken))[0];
    }
}
