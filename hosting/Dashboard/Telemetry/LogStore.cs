namespace Maskwright.Dashboard.Telemetry;

/// <summary>The last log records, in the order of their arrival.</summary>
internal sealed class LogStore(TelemetryLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Queue<LogEntry> _entries = new();
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
                return new SignalCounts(_received, _entries.Count, _fallenOut, _refused);
        }
    }

    public void Add(IReadOnlyList<LogEntry> entries, int refused)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                entry.Number = ++_received;
                if (_entries.Count == limits.MaxLogCount)
                {
                    _entries.Dequeue();
                    _fallenOut++;
                }

                _entries.Enqueue(entry);
            }

            _refused += refused;
            _version++;
        }
    }

    /// <summary>All that is kept, oldest first.</summary>
    public LogEntry[] Snapshot()
    {
        lock (_lock)
            return [.. _entries];
    }

    /// <summary>Forgets the records of a resource, or all.</summary>
    public void Clear(string? resource)
    {
        lock (_lock)
        {
            LogEntry[] left = resource is null ? [] : [.. _entries.Where(entry => entry.Source.Resource != resource)];
            _entries.Clear();
            foreach (var entry in left)
                _entries.Enqueue(entry);
            _version++;
        }
    }
}
