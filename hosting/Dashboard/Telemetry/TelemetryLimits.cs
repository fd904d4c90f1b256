using Microsoft.Extensions.Configuration;

namespace Maskwright.Dashboard.Telemetry;

/// <summary>
/// How much telemetry is kept in memory; what exceeds a limit pushes out the oldest, which is counted. The names and the first
/// three values are those of Aspire's dashboard.
/// </summary>
internal sealed record TelemetryLimits
{
    private const string Section = "Dashboard:TelemetryLimits";

    /// <summary>Log records kept.</summary>
    public int MaxLogCount { get; init; } = 10_000;

    /// <summary>Traces kept; the one that has not grown for the longest time goes first.</summary>
    public int MaxTraceCount { get; init; } = 10_000;

    /// <summary>Points of metrics kept for each resource. A value that does not change takes one point, however often it is reported.</summary>
    public int MaxMetricsCount { get; init; } = 50_000;

    /// <summary>Spans kept over all traces.</summary>
    public int MaxSpanCount { get; init; } = 250_000;

    /// <summary>Spans kept of one trace; the spans after that are refused.</summary>
    public int MaxSpansPerTrace { get; init; } = 20_000;

    /// <summary>Events kept of one span; the events after that are left out.</summary>
    public int MaxSpanEventCount { get; init; } = 1_000;

    /// <summary>Attributes kept of one thing; those after that are left out.</summary>
    public int MaxAttributeCount { get; init; } = 128;

    /// <summary>Longest text of a message or a value, in characters; the rest is cut off and its length told.</summary>
    public int MaxAttributeLength { get; init; } = 16 * 1024;

    /// <summary>Instruments of one resource; points of the instruments after that are refused.</summary>
    public int MaxInstrumentCount { get; init; } = 2_000;

    /// <summary>Resources that may send; what comes from another one is refused.</summary>
    public int MaxResourceCount { get; init; } = 1_000;

    /// <summary>Largest message, in bytes, also after decompression.</summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Reads the settings <c>Dashboard:TelemetryLimits:…</c>.</summary>
    /// <exception cref="InvalidOperationException">A limit is not a number above 0.</exception>
    public static TelemetryLimits From(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection(Section);
        var limits = new TelemetryLimits();
        return limits with
        {
            MaxLogCount = Read(nameof(MaxLogCount), limits.MaxLogCount),
            MaxTraceCount = Read(nameof(MaxTraceCount), limits.MaxTraceCount),
            MaxMetricsCount = Read(nameof(MaxMetricsCount), limits.MaxMetricsCount),
            MaxSpanCount = Read(nameof(MaxSpanCount), limits.MaxSpanCount),
            MaxSpansPerTrace = Read(nameof(MaxSpansPerTrace), limits.MaxSpansPerTrace),
            MaxSpanEventCount = Read(nameof(MaxSpanEventCount), limits.MaxSpanEventCount),
            MaxAttributeCount = Read(nameof(MaxAttributeCount), limits.MaxAttributeCount),
            MaxAttributeLength = Read(nameof(MaxAttributeLength), limits.MaxAttributeLength),
            MaxInstrumentCount = Read(nameof(MaxInstrumentCount), limits.MaxInstrumentCount),
            MaxResourceCount = Read(nameof(MaxResourceCount), limits.MaxResourceCount),
            MaxMessageBytes = Read(nameof(MaxMessageBytes), limits.MaxMessageBytes),
        };

        int Read(string name, int usual)
        {
            if (section[name] is not { Length: > 0 } text)
                return usual;
            return int.TryParse(text, out var limit) && limit > 0
                ? limit
                : throw new InvalidOperationException($"{Section}:{name}: '{text}' is not a whole number of at least 1.");
        }
    }
}
