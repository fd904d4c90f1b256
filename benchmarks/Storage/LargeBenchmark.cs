using Maskwright.Artifacts;
using Maskwright.Testing;

namespace Maskwright.Benchmarks.Storage;

/// <summary>One object of 1 GiB in and out, beside plain file tools on the same disk and beside another server.</summary>
internal static class LargeBenchmark
{
    private const int Repeats = 3;
    private const string Key = "large/object";

    public static Benchmark Put { get; } = new("storage.put-large", "1 GiB put from a file, on the disk before it is answered; and the memory that takes", PutAsync);

    public static Benchmark Get { get; } = new("storage.get-large", "1 GiB got, from the disk and out of memory; and the memory that takes", GetAsync);

    private static async Task<IReadOnlyList<Row>> PutAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var source = await LargeObject.CreateAsync(cancellationToken);
        using var folder = new StoreFolder();
        await using var store = await StoreProcess.StartAsync(folder.Path, cancellationToken);
        var (ours, disk, clients) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i <= Repeats; i++)
        {
            disk.Add(await source.CopyAsync(cancellationToken));
            var (seconds, peak) = await StorageClient.StartAsync(store.Options, "put", Key, source.Path, cancellationToken);
            ours.Add(Rate(seconds));
            clients.Add(peak / 1e6);
        }

        var memory = store.Memory("VmHWM") / 1e6;
        var minio = await PutAsync(store.Options, "put-minio", source, cancellationToken);
        var aws = await PutAsync(store.Options, "put-aws", source, cancellationToken);
        var ceph = await CephPeer.MeasureAsync(async (options, ct) => (await PutAsync(options, "put", source, ct)).Rate, cancellationToken);
        var put = Median(ours);
        return
        [
            Row.MoreIsBetter("storage.put-large", put, "MB/s", Repeats, new PeerResult("dd with fsync", Median(disk))),
            Row.MoreIsBetter("storage.put-large.ceph", put, "MB/s", Repeats, ceph with { Name = $"{ceph.Name}, in memory" }),
            Row.MoreIsBetter("storage.put-large.minio", put, "MB/s", Repeats, new PeerResult(SdkClients.MinioName, minio.Rate)),
            Row.MoreIsBetter("storage.put-large.aws", put, "MB/s", Repeats, new PeerResult(SdkClients.AwsName, aws.Rate)),
            Row.LessIsBetter("storage.put-large.client-memory", clients.Max(), "MB", Repeats + 1, new PeerResult(SdkClients.MinioName, minio.PeakMb)),
            Row.LessIsBetter("storage.put-large.client-memory.aws", clients.Max(), "MB", Repeats + 1, new PeerResult(SdkClients.AwsName, aws.PeakMb)),
            Row.LessIsBetter("storage.put-large.server-memory", memory, "MB", Repeats + 1),
        ];
    }

    private static async Task<IReadOnlyList<Row>> GetAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var source = await LargeObject.CreateAsync(cancellationToken);
        using var folder = new StoreFolder();
        await using (var filling = await StoreProcess.StartAsync(folder.Path, cancellationToken))
            await StorageClient.StartAsync(filling.Options, "put", Key, source.Path, cancellationToken);
        await using var store = await StoreProcess.StartAsync(folder.Path, cancellationToken);
        var (cold, warm, coldDisk, warmDisk, clients) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i <= Repeats; i++)
        {
            coldDisk.Add(await source.ReadAsync(cold: true, cancellationToken));
            warmDisk.Add(await source.ReadAsync(cold: false, cancellationToken));
            await LargeObject.EvictAsync(folder.Path, cancellationToken);
            foreach (var rates in new[] { cold, warm })
            {
                var (seconds, peak) = await StorageClient.StartAsync(store.Options, "get", Key, source.Path, cancellationToken);
                rates.Add(Rate(seconds));
                clients.Add(peak / 1e6);
            }
        }

        var ceph = await CephPeer.MeasureAsync(
            async (options, ct) =>
            {
                await StorageClient.StartAsync(options, "put", Key, source.Path, ct);
                return Rate(await Measurement.SecondsAsync(Repeats, () => StorageClient.StartAsync(options, "get", Key, source.Path, ct)));
            },
            cancellationToken);
        return
        [
            Row.MoreIsBetter("storage.get-large", Median(cold), "MB/s", Repeats, new PeerResult("dd from the disk", Median(coldDisk))),
            Row.MoreIsBetter("storage.get-large.cached", Median(warm), "MB/s", Repeats, new PeerResult("dd from the page cache", Median(warmDisk))),
            Row.MoreIsBetter("storage.get-large.ceph", Median(warm), "MB/s", Repeats, ceph with { Name = $"{ceph.Name}, in memory" }),
            Row.LessIsBetter("storage.get-large.client-memory", clients.Max(), "MB", clients.Count),
            Row.LessIsBetter("storage.get-large.server-memory", store.Memory("VmHWM") / 1e6, "MB", clients.Count),
        ];
    }

    private static async Task<(double Rate, double PeakMb)> PutAsync(StorageOptions options, string operation, LargeObject source, CancellationToken cancellationToken)
    {
        var (rates, peaks) = (new List<double>(), new List<double>());
        for (var i = 0; i <= Repeats; i++)
        {
            var (seconds, peak) = await StorageClient.StartAsync(options, operation, Key, source.Path, cancellationToken);
            rates.Add(Rate(seconds));
            peaks.Add(peak / 1e6);
        }

        return (Median(rates), peaks.Max());
    }

    private static double Rate(double seconds) => LargeObject.Bytes / 1e6 / seconds;

    // The first one warms up.
    private static double Median(IEnumerable<double> rates) => Measurement.Median(rates.Skip(1));
}
