namespace Maskwright.Dashboard.Telemetry;

/// <summary>All telemetry that is kept, in memory and bounded.</summary>
internal sealed class TelemetryStore(TelemetryLimits limits)
{
    private readonly Lock _lock = new();
    private readonly SortedSet<string> _resources = new(StringComparer.Ordinal);

    public TelemetryLimits Limits => limits;

    public LogStore Logs { get; } = new(limits);

    public TraceStore Traces { get; } = new(limits);

    public MetricStore Metrics { get; } = new(limits);

    /// <summary>Names of all that have sent something.</summary>
    public IReadOnlyList<string> Resources
    {
        get
        {
            lock (_lock)
                return [.. _resources];
        }
    }

    /// <summary>Lets a resource send, unless too many others do.</summary>
    public bool Admit(string resource)
    {
        lock (_lock)
        {
            if (_resources.Contains(resource))
                return true;
            return _resources.Count < limits.MaxResourceCount && _resources.Add(resource);
        }
    }
}
