namespace Maskwright.Dashboard.Telemetry;

/// <summary>The traces that grew last.</summary>
internal sealed class TraceStore(TelemetryLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TraceId, LinkedListNode<Trace>> _traces = [];

    /// <summary>Whoever grew last stands last.</summary>
    private readonly LinkedList<Trace> _order = new();
    private long _kept;
    private long _received;
    private long _fallenOut;
    private long _refused;
    private long _fallenOutTraces;
    private long _version;

    /// <summary>Changes with every change.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>In spans.</summary>
    public SignalCounts Counts
    {
        get
        {
            lock (_lock)
                return new SignalCounts(_received, _kept, _fallenOut, _refused);
        }
    }

    /// <summary>Traces that were pushed out by newer ones.</summary>
    public long FallenOutTraces => Interlocked.Read(ref _fallenOutTraces);

    /// <summary>Adds spans to their traces.</summary>
    /// <param name="spans">The spans; those of one trace are best kept together.</param>
    /// <param name="refused">Spans of the same message that had no valid ids.</param>
    /// <returns>How many were refused because their trace is full.</returns>
    public int Add(IReadOnlyList<(TraceId Trace, Span Span)> spans, int refused)
    {
        var full = 0;
        lock (_lock)
        {
            foreach (var (id, span) in spans)
            {
                var node = Touch(id);
                if (node.Value.Spans.Count >= limits.MaxSpansPerTrace)
                {
                    full++;
                    continue;
                }

                _received++;
                if (node.Value.TryAdd(span))
                    _kept++;
            }

            while (_traces.Count > limits.MaxTraceCount || (_kept > limits.MaxSpanCount && _traces.Count > 1))
                DropFirst();
            _refused += refused + full;
            _version++;
        }

        return full;
    }

    /// <summary>All traces, the one that started last first.</summary>
    public TraceSummary[] Snapshot()
    {
        TraceSummary[] summaries;
        lock (_lock)
            summaries = [.. _order.Select(trace => trace.Summary)];
        Array.Sort(summaries, (left, right) => right.Start.CompareTo(left.Start));
        return summaries;
    }

    /// <summary>The spans of a trace in the order of arrival, or null when it is not there.</summary>
    public IReadOnlyList<Span>? Spans(TraceId id)
    {
        lock (_lock)
            return _traces.TryGetValue(id, out var node) ? [.. node.Value.Spans] : null;
    }

    /// <summary>Forgets the traces that a resource took part in, or all.</summary>
    public void Clear(string? resource)
    {
        lock (_lock)
        {
            foreach (var trace in _order.Where(trace => resource is null || trace.Spans.Any(span => span.Source.Resource == resource)).ToArray())
                Remove(_traces[trace.Id]);
            _version++;
        }
    }

    private LinkedListNode<Trace> Touch(TraceId id)
    {
        if (_traces.TryGetValue(id, out var node))
        {
            if (!ReferenceEquals(node, _order.Last))
            {
                _order.Remove(node);
                _order.AddLast(node);
            }

            return node;
        }

        return _traces[id] = _order.AddLast(new Trace(id));
    }

    private void DropFirst()
    {
        _fallenOut += _order.First!.Value.Spans.Count;
        _fallenOutTraces++;
        Remove(_order.First);
    }

    private void Remove(LinkedListNode<Trace> node)
    {
        _kept -= node.Value.Spans.Count;
        _traces.Remove(node.Value.Id);
        _order.Remove(node);
    }
}
