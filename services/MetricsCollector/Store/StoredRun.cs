namespace Maskwright.MetricsCollector;

/// <summary>Where a run stands. The numbers are those of the database.</summary>
public enum RunStatus
{
    /// <summary>Being imported: not to be seen before it is whole.</summary>
    Importing = 0,

    /// <summary>Points are still to come.</summary>
    Running = 1,

    /// <summary>Ended well.</summary>
    Succeeded = 2,

    /// <summary>Ended by an error.</summary>
    Failed = 3,

    /// <summary>Ended at a caller's wish.</summary>
    Cancelled = 4,
}

/// <summary>A run to register.</summary>
public sealed record NewRun
{
    /// <summary>Its id, see <see cref="MetricNames.IsRunId"/>.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>Options by name.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it comes from, by name.</summary>
    public IReadOnlyDictionary<string, string> Lineage { get; init; } = new Dictionary<string, string>();

    /// <summary>Labels by name.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>A note for people.</summary>
    public string Note { get; init; } = "";
}

/// <summary>A run as it is kept.</summary>
public sealed record StoredRun
{
    /// <summary>Number in the order of registration; pages of a list end at one.</summary>
    public required long Number { get; init; }

    /// <summary>What was registered.</summary>
    public required NewRun Registration { get; init; }

    /// <summary>Where it stands.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Why it failed; empty otherwise.</summary>
    public required string ErrorMessage { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>When it ended; null before.</summary>
    public required DateTimeOffset? EndTime { get; init; }

    /// <summary>How long it stood ended before it was taken up again.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>How long it has run until it ended, or until now.</summary>
    public TimeSpan Ran(DateTimeOffset now) => (EndTime ?? now) - CreateTime - Idle;

    /// <summary>Its metrics in brief, by name.</summary>
    public required IReadOnlyList<StoredSummary> Metrics { get; init; }
}

/// <summary>One metric of a run in brief.</summary>
public sealed record StoredSummary
{
    /// <summary>Name.</summary>
    public required string Metric { get; init; }

    /// <summary>Points kept, at least 1.</summary>
    public required long Points { get; init; }

    /// <summary>Value at <see cref="LastStep"/>; may be NaN or infinite.</summary>
    public required double Last { get; init; }

    /// <summary>Highest step.</summary>
    public required long LastStep { get; init; }

    /// <summary>Smallest value, NaN left out; NaN when there is none but NaN.</summary>
    public required double Minimum { get; init; }

    /// <summary>Lowest step that has it; 0 when there is none but NaN.</summary>
    public required long MinimumStep { get; init; }

    /// <summary>Largest value, NaN left out; NaN when there is none but NaN.</summary>
    public required double Maximum { get; init; }

    /// <summary>Lowest step that has it; 0 when there is none but NaN.</summary>
    public required long MaximumStep { get; init; }
}
