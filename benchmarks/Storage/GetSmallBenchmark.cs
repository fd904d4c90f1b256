using System.Diagnostics;
using System.Globalization;
using Maskwright.Artifacts;
using Maskwright.Testing;
using Minio.DataModel.Args;

namespace Maskwright.Benchmarks.Storage;

/// <summary>Objects of 1 KB got by 16 readers at once through the library, beside another server and beside the clients it could have been built on.</summary>
internal static class GetSmallBenchmark
{
    private const int Repeats = 5;
    private const int Readers = 16;
    private const int Objects = 1_000;
    private const int ObjectBytes = 1024;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    public static Benchmark Benchmark { get; } = new("storage.get-small", "objects of 1 KB got a second, 16 at once, through the library and through two SDKs", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var folder = new StoreFolder();
        await using var store = await StoreProcess.StartAsync(folder.Path, cancellationToken);
        using var storage = new ObjectStorage(store.Options);
        await FillAsync(storage, cancellationToken);
        var ours = await MeasureAsync(key => GetAsync(storage, key, cancellationToken));
        var minio = await MinioAsync(store.Options, cancellationToken);
        var aws = await AwsAsync(store.Options, cancellationToken);
        var ceph = await CephPeer.MeasureAsync(
            async (options, ct) =>
            {
                using var peer = new ObjectStorage(options);
                await FillAsync(peer, ct);
                return (await MeasureAsync(key => GetAsync(peer, key, ct))).Rate;
            },
            cancellationToken);
        return
        [
            Row.MoreIsBetter("storage.get-small", ours.Rate, "objects/s", Repeats, ceph),
            Row.MoreIsBetter("storage.get-small.minio", ours.Rate, "objects/s", Repeats, new PeerResult(SdkClients.MinioName, minio.Rate)),
            Row.MoreIsBetter("storage.get-small.aws", ours.Rate, "objects/s", Repeats, new PeerResult(SdkClients.AwsName, aws.Rate)),
            Row.LessIsBetter("storage.get-small.allocated.minio", ours.Allocated, "bytes/object", Repeats, new PeerResult(SdkClients.MinioName, minio.Allocated)),
            Row.LessIsBetter("storage.get-small.allocated.aws", ours.Allocated, "bytes/object", Repeats, new PeerResult(SdkClients.AwsName, aws.Allocated)),
        ];
    }

    private static string Key(int index) => string.Create(CultureInfo.InvariantCulture, $"small/{index:0000}");

    private static async Task FillAsync(ObjectStorage storage, CancellationToken cancellationToken)
    {
        await storage.EnsureBucketAsync(cancellationToken);
        await Parallel.ForEachAsync(Enumerable.Range(0, Objects), cancellationToken, async (index, ct) =>
            await storage.PutAsync(Key(index), new byte[ObjectBytes], "application/octet-stream", ct));
    }

    private static async Task<int> GetAsync(ObjectStorage storage, string key, CancellationToken cancellationToken) =>
        (await storage.GetAsync(key, cancellationToken)).Length;

    private static async Task<(double Rate, double Allocated)> MinioAsync(StorageOptions options, CancellationToken cancellationToken)
    {
        using var client = SdkClients.Minio(options);
        return await MeasureAsync(async key =>
        {
            using var copy = new MemoryStream(ObjectBytes);
            await client.GetObjectAsync(
                new GetObjectArgs().WithBucket(options.Bucket).WithObject(key).WithCallbackStream((stream, ct) => stream.CopyToAsync(copy, ct)), cancellationToken);
            return (int)copy.Length;
        });
    }

    private static async Task<(double Rate, double Allocated)> AwsAsync(StorageOptions options, CancellationToken cancellationToken)
    {
        using var client = SdkClients.Aws(options);
        return await MeasureAsync(async key =>
        {
            using var answer = await client.GetObjectAsync(options.Bucket, key, cancellationToken);
            using var copy = new MemoryStream(ObjectBytes);
            await answer.ResponseStream.CopyToAsync(copy, cancellationToken);
            return (int)copy.Length;
        });
    }

    private static async Task<(double Rate, double Allocated)> MeasureAsync(Func<string, Task<int>> get)
    {
        var rates = new List<double>();
        var allocations = new List<double>();
        for (var round = 0; round <= Repeats; round++)
        {
            var before = GC.GetTotalAllocatedBytes();
            var began = Stopwatch.GetTimestamp();
            var counts = await Task.WhenAll(Enumerable.Range(0, Readers).Select(async reader =>
            {
                var count = 0;
                for (; Stopwatch.GetElapsedTime(began) < Duration; count++)
                {
                    if (await get(Key((count + (reader * Objects / Readers)) % Objects)) != ObjectBytes)
                        throw new InvalidOperationException("An object came back with another length.");
                }

                return count;
            }));
            rates.Add(counts.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds);
            allocations.Add((GC.GetTotalAllocatedBytes() - before) / (double)counts.Sum());
        }

        // The first round warms up.
        return (Measurement.Median(rates.Skip(1)), Measurement.Median(allocations.Skip(1)));
    }
}
