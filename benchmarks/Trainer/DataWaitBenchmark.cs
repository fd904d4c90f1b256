using Maskwright.Segmentation;

namespace Maskwright.Benchmarks.Trainer;

/// <summary>How much of a real epoch's time training waits for batches.</summary>
internal static class DataWaitBenchmark
{
    private static readonly string[] Classes = ["background", "a", "b", "c", "d", "e"];

    public static Benchmark Benchmark { get; } = new(
        "trainer.data-wait", "share of an epoch's training time spent waiting for batches: the report's recipe, all cores", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var pairs = await PairFolder.CreateAsync(context, cancellationToken);
        var cache = await SampleCache.BuildAsync(
            pairs.ReadAsync(cancellationToken), ComputeSetting.ImageSize, ComputeSetting.Classes, decoded: null, cancellationToken);
        var folder = Directory.CreateTempSubdirectory("maskwright-run-");
        try
        {
            var loop = new TrainingLoop(new TrainingOptions { Epochs = 1 }, Classes, folder.FullName, TimeProvider.System);
            var result = await loop.RunAsync(cache, cache, new Progress<TrainingEvent>(), cancellationToken);
            var epoch = result.Epochs[0];
            return
            [
                Row.LessIsBetter("trainer.data-wait", 100 * epoch.DataWaitSeconds / epoch.TrainSeconds, "% of the time", 1),
                Row.MoreIsBetter("trainer.data-wait, throughput", epoch.ImagesPerSecond, "images/s", 1),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
