namespace Maskwright.Dashboard.Telemetry;

/// <summary>A series as it grows. Sums and histograms that arrive as differences are kept as totals. Guarded by its store's lock.</summary>
internal sealed class StoredSeries(IReadOnlyList<TelemetryAttribute> attributes)
{
    private const int WorthCompacting = 64;

    private readonly List<MetricPoint> _points = [];
    private int _first;

    public int Count => _points.Count - _first;

    public MetricSeries Snapshot() => new(attributes, _points.GetRange(_first, Count));

    /// <summary>Adds a report.</summary>
    /// <returns>Whether it takes a point of its own: one that repeats the last value prolongs that point.</returns>
    public bool Add(MetricPoint point, bool isDifference)
    {
        if (Count == 0)
        {
            _points.Add(point);
            return true;
        }

        var last = _points[^1];
        if (isDifference)
            point = point with { Value = last.Value + point.Value, Buckets = last.Buckets is { } sum ? point.Buckets?.Plus(sum) : point.Buckets };
        if (point.Buckets is { } buckets && last.Buckets is { } before && buckets.Bounds.AsSpan().SequenceEqual(before.Bounds))
        {
            if (point.Value.Equals(last.Value) && buckets.Counts.AsSpan().SequenceEqual(before.Counts))
                return Prolong(last, point.To);
            point = point with { Buckets = buckets with { Bounds = before.Bounds } };
        }
        else if (point.Buckets is null && point.Value.Equals(last.Value))
        {
            return Prolong(last, point.To);
        }

        _points.Add(point);
        return true;
    }

    public void DropFirst()
    {
        _points[_first++] = default;
        if (_first < WorthCompacting || _first < _points.Count / 2)
            return;
        _points.RemoveRange(0, _first);
        _first = 0;
    }

    private bool Prolong(MetricPoint last, long to)
    {
        _points[^1] = last with { To = Math.Max(last.To, to) };
        return false;
    }
}
