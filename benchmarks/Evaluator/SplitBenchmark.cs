using System.Globalization;
using Maskwright.Segmentation;

namespace Maskwright.Benchmarks.Evaluator;

/// <summary>A split measured from encoded samples to every count, beside the same job in PyTorch with a numpy confusion matrix.</summary>
internal static class SplitBenchmark
{
    private const int Repeats = 5;
    private const int PeerBatch = 8;

    public static Benchmark Benchmark { get; } = new("evaluator.split", "a split decoded, predicted and counted at 256 x 256", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var split = await EvaluationSplit.CreateAsync(context, cancellationToken);
        using var model = EvaluationSplit.CreateModel();
        var settings = new EvaluationSettings();
        var seconds = await Measurement.SecondsAsync(
            Repeats, () => SplitEvaluation.RunAsync(model, split.ReadAsync(), settings, each: null, cancellationToken));
        int[] arguments = [EvaluationSplit.ImageSize, PeerBatch, Environment.ProcessorCount, Repeats];
        var peer = await PeerResult.OfPythonAsync(
            "PyTorch and numpy", "evaluate_split.py", [split.Folder, .. arguments.Select(number => number.ToString(CultureInfo.InvariantCulture))], cancellationToken);
        return [Row.MoreIsBetter("evaluator.split", split.Samples.Count / seconds, "images/s", Repeats, peer)];
    }
}
