namespace Maskwright.Dashboard.Telemetry;

/// <summary>What a span is at the edge of its process; OTLP's numbers.</summary>
public enum SpanKind : byte
{
    Unspecified = 0,
    Internal = 1,
    Server = 2,
    Client = 3,
    Producer = 4,
    Consumer = 5,
}

/// <summary>How a span ended; OTLP's numbers.</summary>
public enum SpanStatus : byte
{
    Unset = 0,
    Ok = 1,
    Error = 2,
}

/// <summary>Something that happened in a span.</summary>
/// <param name="Time">Nanoseconds since 1970.</param>
/// <param name="Name">What happened.</param>
/// <param name="Attributes">What is said about it.</param>
public sealed record SpanEvent(long Time, string Name, TelemetryAttribute[] Attributes);

/// <summary>A span of another trace that has to do with this one.</summary>
/// <param name="TraceId">The trace.</param>
/// <param name="SpanId">The span in it.</param>
/// <param name="Attributes">What is said about it.</param>
public sealed record SpanLink(TraceId TraceId, SpanId SpanId, TelemetryAttribute[] Attributes);

/// <summary>A piece of work.</summary>
public sealed class Span
{
    public required SpanId Id { get; init; }

    /// <summary>The span it is part of; none for a root.</summary>
    public required SpanId Parent { get; init; }

    public required string Name { get; init; }

    public required SpanKind Kind { get; init; }

    /// <summary>Nanoseconds since 1970.</summary>
    public required long Start { get; init; }

    /// <summary>Nanoseconds, at least 0.</summary>
    public required long Duration { get; init; }

    public required SpanStatus Status { get; init; }

    public required string StatusMessage { get; init; }

    public required TelemetrySource Source { get; init; }

    public required TelemetryAttribute[] Attributes { get; init; }

    public required SpanEvent[] Events { get; init; }

    public required SpanLink[] Links { get; init; }

    public long End => Start + Duration;
}
