namespace Maskwright.MetricsCollector;

/// <summary>One value of one metric.</summary>
/// <param name="Metric">Name, see <see cref="MetricNames.IsMetric"/>.</param>
/// <param name="Step">From 0; the newest point of a metric and step replaces older ones.</param>
/// <param name="Epoch">From 1; 0 where there is none.</param>
/// <param name="Time">When it was measured, kept to 100 ns.</param>
/// <param name="Value">Any double; every bit of it is kept.</param>
public readonly record struct StoredPoint(string Metric, long Step, int Epoch, DateTimeOffset Time, double Value);

/// <summary>Points that one client sends at once.</summary>
/// <param name="RunId">The run.</param>
/// <param name="ClientId">Who sends.</param>
/// <param name="Sequence">From 1; a batch at or below the last one kept of this client and run is skipped.</param>
/// <param name="Points">The points; of two for one metric and step the later one stays.</param>
public sealed record PointBatch(string RunId, string ClientId, long Sequence, IReadOnlyList<StoredPoint> Points);

/// <summary>The points of one metric in the order of their steps.</summary>
/// <param name="Metric">Name.</param>
/// <param name="Points">All of them, or a thinned selection.</param>
public sealed record StoredSeries(string Metric, IReadOnlyList<StoredPoint> Points);
