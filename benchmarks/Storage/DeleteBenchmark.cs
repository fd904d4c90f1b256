using System.Diagnostics;
using System.Globalization;
using Maskwright.Artifacts;
using Maskwright.Testing;

namespace Maskwright.Benchmarks.Storage;

/// <summary>Objects of 1 KB deleted through the library, one in a request by 16 at once, and a thousand in a request.</summary>
internal static class DeleteBenchmark
{
    private const int Repeats = 5;
    private const int Deleters = 16;
    private const int Objects = 5_000;
    private const int ObjectBytes = 1024;

    /// <summary>The operating system writes to the disk when it likes, as with the peer, which keeps objects in memory.</summary>
    public static Benchmark Relaxed { get; } = new("storage.delete", "objects of 1 KB deleted a second, one and a thousand in a request, without fsync", (_, ct) => RunAsync("storage.delete", fsync: false, ct));

    /// <summary>Every deletion is on the disk before it is answered.</summary>
    public static Benchmark Durable { get; } = new("storage.delete-fsync", "objects of 1 KB deleted a second, one and a thousand in a request, on the disk before it is answered", (_, ct) => RunAsync("storage.delete-fsync", fsync: true, ct));

    private static async Task<IReadOnlyList<Row>> RunAsync(string name, bool fsync, CancellationToken cancellationToken)
    {
        using var folder = new StoreFolder();
        (double Single, double Many) ours;
        await using (var store = await StoreProcess.StartAsync(folder.Path, cancellationToken, "--ObjectStore:Fsync", fsync ? "true" : "false"))
            ours = await MeasureAsync(store.Options, cancellationToken);

        var many = 0.0;
        var single = await CephPeer.MeasureAsync(
            async (options, ct) =>
            {
                (var one, many) = await MeasureAsync(options, ct);
                return one;
            },
            onDisk: fsync,
            cancellationToken);
        return
        [
            Row.MoreIsBetter(name, ours.Single, "objects/s", Repeats, single),
            Row.MoreIsBetter(name + ".many", ours.Many, "objects/s", Repeats, single with { Value = single.Value is null ? null : many }),
        ];
    }

    private static async Task<(double Single, double Many)> MeasureAsync(StorageOptions options, CancellationToken cancellationToken)
    {
        using var storage = new ObjectStorage(options);
        await storage.EnsureBucketAsync(cancellationToken);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Deleters, CancellationToken = cancellationToken };
        string[] keys = [.. Enumerable.Range(0, Objects).Select(index => string.Create(CultureInfo.InvariantCulture, $"gone/{index:0000}"))];
        var singles = await RoundsAsync(() => Parallel.ForEachAsync(keys, parallel, async (key, ct) => await storage.DeleteAsync(key, ct)));
        var manys = await RoundsAsync(() => storage.DeleteAsync(keys, cancellationToken));
        return (singles, manys);

        async Task<double> RoundsAsync(Func<Task> delete)
        {
            var rates = new List<double>();
            for (var round = 0; round <= Repeats; round++)
            {
                await Parallel.ForEachAsync(keys, parallel, async (key, ct) => await storage.PutAsync(key, new byte[ObjectBytes], "application/octet-stream", ct));
                var began = Stopwatch.GetTimestamp();
                await delete();
                rates.Add(Objects / Stopwatch.GetElapsedTime(began).TotalSeconds);
            }

            // The first round warms up.
            return Measurement.Median(rates.Skip(1));
        }
    }
}
