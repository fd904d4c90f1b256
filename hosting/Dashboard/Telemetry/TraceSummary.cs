namespace Maskwright.Dashboard.Telemetry;

/// <summary>A trace as its list shows it, at one moment.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Name of its root, or of its earliest span while the root has not arrived.</param>
/// <param name="Resource">Resource of that span.</param>
/// <param name="Start">Nanoseconds since 1970.</param>
/// <param name="Duration">Nanoseconds from its first start to its last end.</param>
/// <param name="Spans">Number of spans.</param>
/// <param name="Errors">Number of spans that ended in an error.</param>
/// <param name="Resources">Who took part, in the order of arrival, with the number of their spans.</param>
internal sealed record TraceSummary(
    TraceId Id, string Name, string Resource, long Start, long Duration, int Spans, int Errors, IReadOnlyList<KeyValuePair<string, int>> Resources)
{
    /// <summary>A trace is the same while it grows: its row stays where it is, also under a click.</summary>
    public bool Equals(TraceSummary? other) => other is not null && Id.Equals(other.Id);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();
}
