using System.Diagnostics.Metrics;

namespace Maskwright.MetricsCollector;

/// <summary>What the collector tells of its own work: over OTLP, and at <c>/metrics</c> for Prometheus.</summary>
internal static class CollectorMeter
{
    private static readonly Meter Meter = new("Maskwright.MetricsCollector");

    private static readonly Counter<long> Points =
        Meter.CreateCounter<long>("maskwright.collector.points", "{point}", "Points kept.");

    private static readonly Counter<long> Batches =
        Meter.CreateCounter<long>("maskwright.collector.batches", "{batch}", "Batches kept.");

    private static readonly Counter<long> Replays =
        Meter.CreateCounter<long>("maskwright.collector.replays", "{batch}", "Batches skipped because they had been kept before.");

    private static readonly Counter<long> Failures =
        Meter.CreateCounter<long>("maskwright.collector.write_failures", "{group}", "Groups of batches that the database did not take.");

    private static readonly Histogram<double> Commits =
        Meter.CreateHistogram<double>("maskwright.collector.commit.duration", "s", "Time from the start of a group of batches until it is on disk.");

    private static readonly UpDownCounter<long> Watchers =
        Meter.CreateUpDownCounter<long>("maskwright.collector.watchers", "{stream}", "Open WatchMetrics streams.");

    /// <summary>A group of batches is on disk.</summary>
    public static void Kept(IReadOnlyCollection<PointBatch> batches, int replays, TimeSpan took)
    {
        Points.Add(batches.Sum(batch => (long)batch.Points.Count));
        Batches.Add(batches.Count);
        Replays.Add(replays);
        Commits.Record(took.TotalSeconds);
    }

    /// <summary>A group of batches could not be written.</summary>
    public static void Failed() => Failures.Add(1);

    /// <summary>A stream was opened (1) or has ended (-1).</summary>
    public static void Watching(int change) => Watchers.Add(change);
}
