namespace Maskwright.Dashboard.Telemetry;

/// <summary>One reported value.</summary>
/// <param name="Instrument">What is measured.</param>
/// <param name="Attributes">The dimensions, by key.</param>
/// <param name="Point">The value.</param>
/// <param name="IsDifference">Whether it is what was added since the last report and not the total.</param>
internal readonly record struct MetricReport(Instrument Instrument, TelemetryAttribute[] Attributes, MetricPoint Point, bool IsDifference);

/// <summary>The last points of every instrument.</summary>
internal sealed class MetricStore(TelemetryLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceMetrics> _resources = new(StringComparer.Ordinal);
    private long _received;
    private long _fallenOut;
    private long _refused;
    private long _version;

    /// <summary>Changes with every change.</summary>
    public long Version => Interlocked.Read(ref _version);

    public SignalCounts Counts
    {
        get
        {
            lock (_lock)
                return new SignalCounts(_received, _resources.Values.Sum(resource => resource.Order.Count), _fallenOut, _refused);
        }
    }

    /// <summary>Adds what was reported.</summary>
    /// <param name="reports">The values.</param>
    /// <param name="refused">Values of the same message that made no sense.</param>
    /// <returns>How many were refused because their resource has too many instruments.</returns>
    public int Add(IReadOnlyList<MetricReport> reports, int refused)
    {
        var excess = 0;
        lock (_lock)
        {
            foreach (var report in reports)
            {
                if (!_resources.TryGetValue(report.Instrument.Resource, out var resource))
                    _resources[report.Instrument.Resource] = resource = new ResourceMetrics();
                if (!resource.Instruments.TryGetValue((report.Instrument.Meter, report.Instrument.Name), out var stored))
                {
                    if (resource.Instruments.Count >= limits.MaxInstrumentCount)
                    {
                        excess++;
                        continue;
                    }

                    resource.Instruments[(report.Instrument.Meter, report.Instrument.Name)] = stored = new StoredInstrument(report.Instrument);
                }

                _received++;
                Add(resource, stored, report);
            }

            _refused += refused + excess;
            _version++;
        }

        return excess;
    }

    /// <summary>Who measures something.</summary>
    public IReadOnlyList<string> Resources()
    {
        lock (_lock)
            return [.. _resources.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>What a resource measures, by meter and name.</summary>
    public IReadOnlyList<Instrument> Instruments(string resource)
    {
        lock (_lock)
        {
            return !_resources.TryGetValue(resource, out var metrics)
                ? []
                : [.. metrics.Instruments.Values.Select(stored => stored.Instrument).OrderBy(instrument => (instrument.Meter, instrument.Name))];
        }
    }

    /// <summary>The series of an instrument; none when it is not there.</summary>
    public IReadOnlyList<MetricSeries> Series(Instrument instrument)
    {
        lock (_lock)
        {
            return _resources.TryGetValue(instrument.Resource, out var metrics) && metrics.Instruments.TryGetValue((instrument.Meter, instrument.Name), out var stored)
                ? [.. stored.Series.Values.Select(series => series.Snapshot())]
                : [];
        }
    }

    /// <summary>Forgets the points of a resource, or all.</summary>
    public void Clear(string? resource)
    {
        lock (_lock)
        {
            if (resource is null)
                _resources.Clear();
            else
                _resources.Remove(resource);
            _version++;
        }
    }

    private void Add(ResourceMetrics resource, StoredInstrument stored, MetricReport report)
    {
        var key = string.Join('\u001f', report.Attributes.Select(attribute => $"{attribute.Key}={attribute.Text}"));
        if (!stored.Series.TryGetValue(key, out var series))
            stored.Series[key] = series = new StoredSeries(report.Attributes);
        if (!series.Add(report.Point, report.IsDifference))
            return;
        resource.Order.Enqueue((stored, key));
        if (resource.Order.Count <= limits.MaxMetricsCount)
            return;
        var (oldest, oldestKey) = resource.Order.Dequeue();
        oldest.Series[oldestKey].DropFirst();
        if (oldest.Series[oldestKey].Count == 0)
            oldest.Series.Remove(oldestKey);
        _fallenOut++;
    }

    private sealed class ResourceMetrics
    {
        public Dictionary<(string Meter, string Name), StoredInstrument> Instruments { get; } = [];

        /// <summary>Whose point is the oldest, first.</summary>
        public Queue<(StoredInstrument Instrument, string Series)> Order { get; } = new();
    }

    private sealed record StoredInstrument(Instrument Instrument)
    {
        public Dictionary<string, StoredSeries> Series { get; } = new(StringComparer.Ordinal);
    }
}
