using System.Diagnostics;
using System.Globalization;
using Maskwright.Artifacts;
using Maskwright.Benchmarks.Storage;
using Maskwright.Datasets;
using Maskwright.Testing;

namespace Maskwright.Benchmarks.Dataset;

/// <summary>A COCO folder prepared from end to end into the embedded store, which runs as a process of its own beside.</summary>
internal static class PrepareBenchmark
{
    private const int Repeats = 5;
    private const int WarmUps = 3;
    private const int MemorySampleMs = 20;

    /// <summary>Its name.</summary>
    public const string Name = "dataset.prepare";

    public static Benchmark Benchmark { get; } = new(
        Name, "images a second from a COCO folder to committed shards in the embedded store", RunAsync);

    /// <summary>Measures in this process: images a second, those of the first run, cores busy, and the most megabytes resident.</summary>
    public static async Task<double[]> MeasureAsync(string coco, CancellationToken cancellationToken)
    {
        using var folder = new StoreFolder();
        var runs = new List<(double Rate, double Cores, double Megabytes)>();
        await using (var store = await StoreProcess.StartAsync(folder.Path, cancellationToken))
        {
            using var storage = new ObjectStorage(store.Options);
            await storage.EnsureBucketAsync(cancellationToken);
            for (var run = 0; run < WarmUps + Repeats; run++)
                runs.Add(await PrepareAsync(coco, string.Create(CultureInfo.InvariantCulture, $"run-{run}"), storage, store, cancellationToken));
        }

        // While the first runs go on, the runtime compiles; what that costs a fresh service is a figure of its own.
        var first = runs[0].Rate;
        runs.RemoveRange(0, WarmUps);
        return [Measurement.Median(runs.Select(run => run.Rate)), first, Measurement.Median(runs.Select(run => run.Cores)), runs.Max(run => run.Megabytes)];
    }

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var coco = await BenchmarkFolder.OpenAsync(context, cancellationToken);
        var figures = await PreparationProcess.MeasureAsync(Name, coco.Path, cancellationToken);
        var peer = await PeerResult.OfPythonAsync(
            "Python script with Pillow", "prepare.py", [coco.Path, Repeats.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        return
        [
            Row.MoreIsBetter(Name, figures[0], "images/s", Repeats, peer),
            Row.MoreIsBetter($"{Name}.first", figures[1], "images/s", 1, peer),
            Row.MoreIsBetter($"{Name}.cores", figures[2], "cores busy", Repeats),
            Row.LessIsBetter($"{Name}.memory", figures[3], "MB resident", Repeats),
        ];
    }

    private static async Task<(double Rate, double Cores, double Megabytes)> PrepareAsync(
        string coco, string id, ObjectStorage storage, StoreProcess store, CancellationToken cancellationToken)
    {
        // The source is a folder: nothing is downloaded.
        using var preparation = new DatasetPreparation(TimeProvider.System, downloadDirectory: Path.GetTempPath());
        using var self = Process.GetCurrentProcess();
        var busyBefore = self.TotalProcessorTime + store.ProcessorTime;
        var began = Stopwatch.GetTimestamp();
        var work = preparation.PrepareAsync(
            DatasetSource.CocoFolder(coco), id, new PreparationOptions(), storage, cancellationToken: cancellationToken);
        var most = 0L;
        do
        {
            self.Refresh();
            most = Math.Max(most, self.WorkingSet64);
        }
        while (await Task.WhenAny(work, Task.Delay(MemorySampleMs, cancellationToken)) != work);

        var manifest = await work;
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        self.Refresh();
        var busy = self.TotalProcessorTime + store.ProcessorTime - busyBefore;
        return (manifest.Splits.Values.Sum(split => split.Samples) / seconds, busy.TotalSeconds / seconds, most / 1e6);
    }
}
