using System.Diagnostics;
using System.Globalization;
using Maskwright.Artifacts;
using Maskwright.Testing;

namespace Maskwright.Benchmarks.Storage;

/// <summary>Objects of 1 KB put by 16 writers at once through the library.</summary>
internal static class PutSmallBenchmark
{
    private const int Repeats = 5;
    private const int Writers = 16;
    private const int ObjectBytes = 1024;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    /// <summary>The operating system writes to the disk when it likes, as with the peer, which keeps objects in memory.</summary>
    public static Benchmark Relaxed { get; } = new("storage.put-small", "objects of 1 KB put a second, 16 at once, without fsync", (_, ct) => RunAsync("storage.put-small", fsync: false, ct));

    /// <summary>Every object is on the disk before its put is answered.</summary>
    public static Benchmark Durable { get; } = new("storage.put-small-fsync", "objects of 1 KB put a second, 16 at once, each on the disk before it is answered", (_, ct) => RunAsync("storage.put-small-fsync", fsync: true, ct));

    private static async Task<IReadOnlyList<Row>> RunAsync(string name, bool fsync, CancellationToken cancellationToken)
    {
        double ours;
        long memory;
        using var folder = new StoreFolder();
        await using (var store = await StoreProcess.StartAsync(folder.Path, cancellationToken, "--ObjectStore:Fsync", fsync ? "true" : "false"))
        {
            ours = await MeasureAsync(store.Options, cancellationToken);
            memory = store.Memory("VmHWM");
        }

        var peer = await CephPeer.MeasureAsync(MeasureAsync, onDisk: fsync, cancellationToken);
        return
        [
            Row.MoreIsBetter(name, ours, "objects/s", Repeats, peer),
            Row.LessIsBetter(name + ".memory", memory / 1e6, "MB", 1),
        ];
    }

    private static async Task<double> MeasureAsync(StorageOptions options, CancellationToken cancellationToken)
    {
        using var storage = new ObjectStorage(options);
        await storage.EnsureBucketAsync(cancellationToken);
        var body = new byte[ObjectBytes];
        var rates = new List<double>();
        for (var round = 0; round <= Repeats; round++)
        {
            var began = Stopwatch.GetTimestamp();
            var counts = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
            {
                var count = 0;
                for (; Stopwatch.GetElapsedTime(began) < Duration; count++)
                    await storage.PutAsync(string.Create(CultureInfo.InvariantCulture, $"small/{round}/{writer}/{count:000000}"), body, "application/octet-stream", cancellationToken);
                return count;
            }));
            rates.Add(counts.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        // The first round warms up.
        return Measurement.Median(rates.Skip(1));
    }
}
