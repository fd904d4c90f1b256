namespace Maskwright.Dashboard.Telemetry;

/// <summary>What an instrument's values mean.</summary>
internal enum InstrumentKind
{
    /// <summary>A value of its moment.</summary>
    Gauge,

    /// <summary>A sum that only grows: shown as its growth a second.</summary>
    Counter,

    /// <summary>A sum that also falls: shown as it is.</summary>
    UpDownCounter,

    /// <summary>Values counted in buckets: shown as percentiles.</summary>
    Histogram,
}

/// <summary>What is measured.</summary>
/// <param name="Resource">Name of the service.</param>
/// <param name="Meter">Who measures.</param>
/// <param name="Name">Its name, for example <c>http.server.request.duration</c>.</param>
/// <param name="Kind">What its values mean.</param>
/// <param name="Unit">UCUM, for example <c>s</c>, <c>By</c>, <c>{request}</c>; or empty.</param>
/// <param name="Description">For a person; or empty.</param>
internal sealed record Instrument(string Resource, string Meter, string Name, InstrumentKind Kind, string Unit, string Description);

/// <summary>A value that an instrument had from one moment to another.</summary>
/// <param name="From">When it was first reported; nanoseconds since 1970.</param>
/// <param name="To">When it was last reported.</param>
/// <param name="Value">The value; of a histogram the sum of all values since its start.</param>
/// <param name="Buckets">Of a histogram: the counts since its start.</param>
internal readonly record struct MetricPoint(long From, long To, double Value, HistogramBuckets? Buckets = null);

/// <summary>The points of an instrument for one combination of attributes, oldest first.</summary>
/// <param name="Attributes">What tells this series from the others, by key.</param>
/// <param name="Points">What is kept.</param>
internal sealed record MetricSeries(IReadOnlyList<TelemetryAttribute> Attributes, IReadOnlyList<MetricPoint> Points);
