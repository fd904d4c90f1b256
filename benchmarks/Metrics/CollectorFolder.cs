using Maskwright.Metrics.V1;
using Maskwright.MetricsCollector;
using Maskwright.MetricsCollector.Tests;

namespace Maskwright.Benchmarks.Metrics;

/// <summary>A folder for one collector's database, gone at the end.</summary>
/// <param name="within">Where it is to be; null for the usual place.</param>
internal sealed class CollectorFolder(string? within = null) : IDisposable
{
    // A step every 0.1 s, measured a little late.
    private const long StepTicks = 1_000_000;

    private readonly DirectoryInfo _folder = within is null
        ? Directory.CreateTempSubdirectory("maskwright-collector-")
        : Directory.CreateDirectory(Path.Combine(within, $"maskwright-collector-{Environment.ProcessId}"));

    /// <summary>The collector's database.</summary>
    public string Database => Path.Combine(_folder.FullName, "metrics.db");

    /// <summary>The peer's.</summary>
    public string PeerDatabase => Path.Combine(_folder.FullName, "rows.db");

    /// <summary>The collector as it runs, on this folder's database.</summary>
    public Task<CollectorProcess> StartAsync() => CollectorProcess.StartAsync(Database);

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>A value as training makes them: a falling curve with noise.</summary>
    public static double Value(long step) => (1 / (1 + (step * 1e-3))) + (0.05 * Math.Sin(step * 12.9898));

    /// <summary>A time as training makes them.</summary>
    public static DateTimeOffset Time(long step) => DateTimeOffset.UnixEpoch.AddDays(20_000).AddTicks((step * StepTicks) + (step * 7_919 % 10_000));

    /// <summary>Fills a series in the folder's database, without a collector between.</summary>
    public async Task FillAsync(string run, string metric, long points, CancellationToken cancellationToken)
    {
        const int BatchPoints = 10_000;
        await using var store = await MetricsStore.OpenSqliteAsync(Database, TimeProvider.System);
        await store.CreateRunAsync(new NewRun { Id = run }, cancellationToken);
        var last = Task.FromResult(true);
        for (var start = 0L; start < points; start += BatchPoints)
        {
            var batch = Enumerable.Range(0, (int)Math.Min(BatchPoints, points - start))
                .Select(i => new StoredPoint(metric, start + i, 0, Time(start + i), Value(start + i)));
            last = await store.EnqueueAsync(new PointBatch(run, "fill", (start / BatchPoints) + 1, [.. batch]), last, cancellationToken);
        }

        await last;
    }

    /// <summary>A batch of a training run that logs several metrics a step.</summary>
    public static LogMetricsRequest Batch(string run, long sequence, int steps, int metrics)
    {
        var batch = new LogMetricsRequest { Run = $"runs/{run}", ClientId = "bench", Sequence = sequence };
        for (var step = (sequence - 1) * steps; step < sequence * steps; step++)
        {
            var time = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Time(step));
            for (var metric = 0; metric < metrics; metric++)
                batch.Points.Add(new Point { Metric = $"train/metric_{metric}", Step = step, Epoch = 1, Time = time, Value = Value(step + metric) });
        }

        return batch;
    }
}
