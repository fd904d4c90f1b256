namespace Maskwright.Dashboard.Telemetry;

/// <summary>How grave a log record is; the first of OTLP's four numbers a level.</summary>
public enum LogSeverity : byte
{
    /// <summary>Not said.</summary>
    None = 0,

    /// <summary>1 to 4.</summary>
    Trace = 1,

    /// <summary>5 to 8.</summary>
    Debug = 5,

    /// <summary>9 to 12.</summary>
    Information = 9,

    /// <summary>13 to 16.</summary>
    Warning = 13,

    /// <summary>17 to 20.</summary>
    Error = 17,

    /// <summary>21 and above.</summary>
    Critical = 21,
}

/// <summary>A log record.</summary>
public sealed class LogEntry
{
    /// <summary>Number in the order of arrival, from 1.</summary>
    public long Number { get; set; }

    /// <summary>Nanoseconds since 1970.</summary>
    public required long Time { get; init; }

    public required LogSeverity Severity { get; init; }

    public required string Message { get; init; }

    public required TelemetrySource Source { get; init; }

    public required TelemetryAttribute[] Attributes { get; init; }

    public TraceId TraceId { get; init; }

    public SpanId SpanId { get; init; }
}
