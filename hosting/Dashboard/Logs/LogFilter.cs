using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Logs;

/// <summary>Which log records are wanted; all that is said must hold.</summary>
internal sealed record LogFilter
{
    /// <summary>Name of a resource, or null for all.</summary>
    public string? Resource { get; init; }

    /// <summary>At least so grave.</summary>
    public LogSeverity MinSeverity { get; init; }

    /// <summary>What message, category or a value must contain, whatever the case; or null.</summary>
    public string? Text { get; init; }

    public TraceId Trace { get; init; }

    public SpanId Span { get; init; }

    public IReadOnlyList<LogCondition> Conditions { get; init; } = [];

    public bool Takes(LogEntry entry) =>
        (Resource is null || entry.Source.Resource == Resource)
        && entry.Severity >= MinSeverity
        && (Trace.IsNone || entry.TraceId == Trace)
        && (Span.IsNone || entry.SpanId == Span)
        && Conditions.All(condition => condition.Holds(entry))
        && (string.IsNullOrEmpty(Text) || Contains(entry, Text));

    private static bool Contains(LogEntry entry, string text)
    {
        if (entry.Message.Contains(text, StringComparison.OrdinalIgnoreCase) || entry.Source.Scope.Contains(text, StringComparison.OrdinalIgnoreCase))
            return true;
        foreach (var attribute in entry.Attributes)
        {
            if (attribute.Value is string value && value.Contains(text, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
