using System.Globalization;

namespace Maskwright.Dashboard.Telemetry;

/// <summary>Something said about a span, a log record or a series of points.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">A string, <see cref="long"/>, <see cref="double"/> or <see cref="bool"/>; lists and maps are kept as their JSON.</param>
public readonly record struct TelemetryAttribute(string Key, object Value)
{
    /// <summary>The value for a person.</summary>
    public string Text => Value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => number.ToString("G15", CultureInfo.InvariantCulture),
        _ => Convert.ToString(Value, CultureInfo.InvariantCulture) ?? "",
    };
}
