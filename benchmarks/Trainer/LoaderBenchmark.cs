using System.Diagnostics;
using System.Globalization;
using Maskwright.Imaging;
using Maskwright.Segmentation;

namespace Maskwright.Benchmarks.Trainer;

/// <summary>Files to normalised, augmented batches with nobody computing beside: a first epoch, and the epochs after it.</summary>
internal static class LoaderBenchmark
{
    private const int Epochs = 9;
    private const int Workers = 2;

    public static Benchmark FirstEpoch { get; } = new(
        "trainer.loader", "images a second from files to batches in a first epoch, decoding included", (context, cancel) => RunAsync(context, cached: false, cancel));

    public static Benchmark LaterEpochs { get; } = new(
        "trainer.cached-loader", "images a second from the decoded cache to batches", (context, cancel) => RunAsync(context, cached: true, cancel));

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, bool cached, CancellationToken cancellationToken)
    {
        using var pairs = await PairFolder.CreateAsync(context, cancellationToken);
        var options = new TrainingOptions { BatchSize = ComputeSetting.Batch, ImageSize = ComputeSetting.ImageSize };
        var cache = await DecodeAsync();
        var rates = new List<double>();
        // As the peer's, the first of all is not counted: it compiles.
        for (var epoch = 0; epoch <= Epochs; epoch++)
        {
            var started = Stopwatch.GetTimestamp();
            var source = cached ? cache : await DecodeAsync();
            var batches = new TrainingBatches(options, source, ComputeSetting.Classes, ImageNormalization.ImageNet);
            using (var queue = batches.Begin(epoch, first: 0, cancellationToken))
                await Task.Factory.StartNew(() => TakeAll(queue, batches.PerEpoch), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            rates.Add(source.Samples.Count / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        var peer = await PeerResult.OfPythonAsync(
            $"PyTorch DataLoader, PIL, {Workers} workers",
            "trainer_loader.py",
            [pairs.Path, .. new[] { ComputeSetting.Batch, ComputeSetting.ImageSize, Workers, Epochs }.Select(number => number.ToString(CultureInfo.InvariantCulture))],
            cancellationToken);
        return [Row.MoreIsBetter(cached ? "trainer.cached-loader" : "trainer.loader", Measurement.Median(rates[1..]), "images/s", Epochs, peer)];

        Task<SampleCache> DecodeAsync() =>
            SampleCache.BuildAsync(pairs.ReadAsync(cancellationToken), ComputeSetting.ImageSize, ComputeSetting.Classes, decoded: null, cancellationToken);
    }

    // By a thread of its own: waiting takes none from the pool, which prepares the batches.
    private static void TakeAll(BatchQueue queue, int count)
    {
        for (var number = 0; number < count; number++)
            queue.Take().Dispose();
    }
}
