using System.Diagnostics;
using System.Globalization;
using Maskwright.Artifacts;
using Maskwright.Testing;

namespace Maskwright.Benchmarks.Storage;

/// <summary>A bucket of 100,000 keys below one prefix: listing it, and starting a store that has it.</summary>
internal static class ListBenchmark
{
    private const int Repeats = 5;
    private const int Keys = 100_000;
    private const int PageSize = 1000;
    private const int Writers = 16;

    public static Benchmark Benchmark { get; } = new("storage.list", "a listing of 100,000 keys: its first page, all of it; and the start of a store that has them", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var folder = new StoreFolder();
        (double First, double All) ours;
        await using (var store = await StartAsync(folder, cancellationToken))
        {
            await FillAsync(store.Options, cancellationToken);
            ours = await MeasureAsync(store.Options, cancellationToken);
        }

        using var empty = new StoreFolder();
        var starts = new List<double>();
        var emptyStarts = new List<double>();
        var memory = 0L;
        for (var i = 0; i < Repeats; i++)
        {
            await using (var store = await StartAsync(folder, cancellationToken))
            {
                starts.Add(store.StartTime.TotalMilliseconds);
                memory = store.Memory("VmRSS");
            }

            await using (var store = await StartAsync(empty, cancellationToken))
                emptyStarts.Add(store.StartTime.TotalMilliseconds);
        }

        var (first, all) = await PeerAsync(cancellationToken);
        return
        [
            Row.LessIsBetter("storage.list.first-page", ours.First * 1000, "ms", Repeats, first),
            Row.LessIsBetter("storage.list.all", ours.All, "s", Repeats, all),
            Row.LessIsBetter("storage.start", Measurement.Median(starts), "ms", Repeats, new PeerResult("the same store, empty", Measurement.Median(emptyStarts))),
            Row.LessIsBetter("storage.idle-memory", memory / 1e6, "MB", 1),
        ];
    }

    private static Task<StoreProcess> StartAsync(StoreFolder folder, CancellationToken cancellationToken) =>
        StoreProcess.StartAsync(folder.Path, cancellationToken, "--ObjectStore:Fsync", "false");

    private static async Task<(PeerResult First, PeerResult All)> PeerAsync(CancellationToken cancellationToken)
    {
        var all = 0.0;
        var first = await CephPeer.MeasureAsync(
            async (options, ct) =>
            {
                await FillAsync(options, ct);
                (var firstPage, all) = await MeasureAsync(options, ct);
                return firstPage * 1000;
            },
            cancellationToken);
        return (first, first with { Value = first.Value is null ? null : all });
    }

    private static async Task FillAsync(StorageOptions options, CancellationToken cancellationToken)
    {
        using var storage = new ObjectStorage(options);
        await storage.EnsureBucketAsync(cancellationToken);
        var body = new byte[16];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Keys),
            new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = cancellationToken },
            async (i, ct) => await storage.PutAsync(string.Create(CultureInfo.InvariantCulture, $"many/object-{i:000000}"), body, "application/octet-stream", ct));
    }

    private static async Task<(double First, double All)> MeasureAsync(StorageOptions options, CancellationToken cancellationToken)
    {
        using var storage = new ObjectStorage(options);
        var firsts = new List<double>();
        var alls = new List<double>();
        for (var i = 0; i < Repeats; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var count = 0;
            await foreach (var _ in storage.ListAsync("many/", cancellationToken))
            {
                if (++count == PageSize)
                    firsts.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            }

            if (count != Keys)
                throw new InvalidOperationException($"The listing has {count} of {Keys} keys.");
            alls.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        // The first listing counts as well: it is the one that reads the folder.
        return (firsts.Max(), Measurement.Median(alls));
    }
}
