using System.Diagnostics.Metrics;

namespace Maskwright.Artifacts;

/// <summary>The names under which this library tells what it does: a client span and metrics for each storage operation.</summary>
public static class StorageTelemetry
{
    /// <summary>The name of the activity source and of the meter, for the telemetry set-up to listen to.</summary>
    public const string SourceName = "Maskwright.Artifacts";

    /// <summary>Seconds each operation took, by operation, bucket and, where it failed, the kind of failure.</summary>
    public const string Duration = "storage.operation.duration";

    /// <summary>Bytes of object content sent and received, by operation and bucket.</summary>
    public const string Bytes = "storage.bytes";

    /// <summary>HTTP requests sent, repeated ones included, by operation and bucket.</summary>
    public const string Attempts = "storage.attempts";

    private static readonly Meter Meter = new(SourceName);

    internal static Histogram<double> Durations { get; } = Meter.CreateHistogram<double>(
        Duration, "s", "Time of storage operations.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60] });

    internal static Counter<long> ByteCount { get; } = Meter.CreateCounter<long>(Bytes, "By", "Bytes of object content sent and received.");

    internal static Counter<long> AttemptCount { get; } = Meter.CreateCounter<long>(Attempts, "{request}", "Requests sent to storage, repeated ones included.");
}
