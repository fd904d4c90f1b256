using System.Globalization;

namespace Maskwright.MetricsCollector;

/// <summary>Values as they are written in a filter.</summary>
internal static class RunValue
{
    /// <exception cref="RunQueryException">It is no number.</exception>
    public static double Number(string text, string field) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !double.IsNaN(number)
            ? number
            : throw new RunQueryException($"'{field}' is compared with a number, and '{text}' is none.");

    /// <exception cref="RunQueryException">It is no time.</exception>
    public static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new RunQueryException($"'{text}' is no time; 2026-01-31 or \"2026-01-31T12:00:00Z\" is expected.");
}
