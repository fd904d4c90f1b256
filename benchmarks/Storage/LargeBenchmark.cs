using Maskwright.Artifacts;
using Maskwright.Testing;

namespace Maskwright.Benchmarks.Storage;

/// <summary>One object of 1 GiB in and out, beside plain file tools on the same disk and beside another server.</summary>
internal static class LargeBenchmark
{
    private const int Repeats = 3;
    private const int Pairs = 7;
    private const string Key = "large/object";

    public static Benchmark Put { get; } = new("storage.put-large", "1 GiB put from a file, on the disk before it is answered; and the memory that takes", PutAsync);

    public static Benchmark Get { get; } = new("storage.get-large", "1 GiB got, from the disk and out of memory; and the memory that takes", GetAsync);

    private static async Task<IReadOnlyList<Row>> PutAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var source = await LargeObject.CreateAsync(cancellationToken);
        using var folder = new StoreFolder();
        await using var store = await StoreProcess.StartAsync(folder.Path, cancellationToken);
        using var storage = new ObjectStorage(store.Options);
        var clients = new List<double>();
        var pairs = await PairsAsync(
            async () =>
            {
                var (seconds, peak) = await StorageClient.StartAsync(store.Options, "put", Key, source.Path, cancellationToken);
                clients.Add(peak / 1e6);
                // As with the copy, what was there before costs no time.
                await storage.DeleteAsync(Key, cancellationToken);
                await source.SettleAsync(cancellationToken);
                return Rate(seconds);
            },
            () => source.CopyAsync(cancellationToken));
        var memory = store.Memory("VmHWM") / 1e6;
        var minio = await PutAsync(store.Options, "put-minio", source, cancellationToken);
        var aws = await PutAsync(store.Options, "put-aws", source, cancellationToken);
        // Its store is in memory and keeps what was replaced for hours: one client, which puts three times.
        var ceph = await CephPeer.MeasureAsync(
            async (options, ct) => Rate((await StorageClient.StartAsync(options, "put", Key, source.Path, ct)).Seconds), cancellationToken);
        var put = Measurement.Median(pairs.Select(p => p.Ours));
        return
        [
            Row.Paired("storage.put-large", "MB/s", "dd with fsync", pairs),
            Row.MoreIsBetter("storage.put-large.ceph", put, "MB/s", 1, ceph),
            Row.MoreIsBetter("storage.put-large.minio", put, "MB/s", Repeats, new PeerResult(SdkClients.MinioName, minio.Rate)),
            Row.MoreIsBetter("storage.put-large.aws", put, "MB/s", Repeats, new PeerResult(SdkClients.AwsName, aws.Rate)),
            Row.LessIsBetter("storage.put-large.client-memory", clients.Max(), "MB", clients.Count, new PeerResult(SdkClients.MinioName, minio.PeakMb)),
            Row.LessIsBetter("storage.put-large.client-memory.aws", clients.Max(), "MB", clients.Count, new PeerResult(SdkClients.AwsName, aws.PeakMb)),
            Row.LessIsBetter("storage.put-large.server-memory", memory, "MB", clients.Count),
        ];
    }

    private static async Task<IReadOnlyList<Row>> GetAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var source = await LargeObject.CreateAsync(cancellationToken);
        using var folder = new StoreFolder();
        await using (var filling = await StoreProcess.StartAsync(folder.Path, cancellationToken))
            await StorageClient.StartAsync(filling.Options, "put", Key, source.Path, cancellationToken);
        await using var store = await StoreProcess.StartAsync(folder.Path, cancellationToken);
        var clients = new List<double>();
        var cold = await PairsAsync(
            async () =>
            {
                await LargeObject.EvictAsync(folder.Path, cancellationToken);
                return await GetAsync();
            },
            () => source.ReadAsync(cold: true, cancellationToken));
        var warm = await PairsAsync(GetAsync, () => source.ReadAsync(cold: false, cancellationToken));

        var ceph = await CephPeer.MeasureAsync(
            async (options, ct) =>
            {
                await StorageClient.StartAsync(options, "put", Key, source.Path, ct);
                return Rate(await Measurement.SecondsAsync(Repeats, () => StorageClient.StartAsync(options, "get", Key, source.Path, ct)));
            },
            cancellationToken);
        return
        [
            Row.Paired("storage.get-large", "MB/s", "dd from the disk", cold),
            Row.Paired("storage.get-large.cached", "MB/s", "dd from the page cache", warm),
            Row.MoreIsBetter("storage.get-large.ceph", Measurement.Median(warm.Select(p => p.Ours)), "MB/s", Repeats, ceph),
            Row.LessIsBetter("storage.get-large.client-memory", clients.Max(), "MB", clients.Count),
            Row.LessIsBetter("storage.get-large.server-memory", store.Memory("VmHWM") / 1e6, "MB", clients.Count),
        ];

        async Task<double> GetAsync()
        {
            var (seconds, peak) = await StorageClient.StartAsync(store.Options, "get", Key, source.Path, cancellationToken);
            clients.Add(peak / 1e6);
            return Rate(seconds);
        }
    }

    // In turns, and each first in every other one; the first pair warms up.
    private static async Task<IReadOnlyList<(double Ours, double Peer)>> PairsAsync(Func<Task<double>> ours, Func<Task<double>> peer)
    {
        var pairs = new List<(double, double)>();
        for (var i = 0; i <= Pairs; i++)
        {
            var first = await (i % 2 == 0 ? ours : peer)();
            var second = await (i % 2 == 0 ? peer : ours)();
            pairs.Add(i % 2 == 0 ? (first, second) : (second, first));
        }

        return pairs[1..];
    }

    private static async Task<(double Rate, double PeakMb)> PutAsync(StorageOptions options, string operation, LargeObject source, CancellationToken cancellationToken)
    {
        var (rates, peaks) = (new List<double>(), new List<double>());
        for (var i = 0; i < Repeats; i++)
        {
            var (seconds, peak) = await StorageClient.StartAsync(options, operation, Key, source.Path, cancellationToken);
            rates.Add(Rate(seconds));
            peaks.Add(peak / 1e6);
        }

        return (Measurement.Median(rates), peaks.Max());
    }

    private static double Rate(double seconds) => LargeObject.Bytes / 1e6 / seconds;
}
