using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Tests.Telemetry;

/// <summary>Telemetry with plain values.</summary>
internal static class Samples
{
    public const long Second = 1_000_000_000;

    public static TelemetrySource Source(string resource) => new(resource, "", "");

    public static LogEntry Log(string message, string resource = "a") => new()
    {
        Time = Second,
        Severity = LogSeverity.Information,
        Message = message,
        Source = Source(resource),
        Attributes = [],
    };

    public static Span Span(ulong id, ulong parent = 0, long start = 0, long duration = 1, string resource = "a", string? name = null, SpanStatus status = SpanStatus.Unset) => new()
    {
        Id = new SpanId(id),
        Parent = new SpanId(parent),
        Name = name ?? $"span {id}",
        Kind = SpanKind.Internal,
        Start = start,
        Duration = duration,
        Status = status,
        StatusMessage = "",
        Source = Source(resource),
        Attributes = [],
        Events = [],
        Links = [],
    };

    public static TraceId Trace(ulong id) => new(id);
}
