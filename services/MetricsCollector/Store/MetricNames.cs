using System.Buffers;

namespace Maskwright.MetricsCollector;

/// <summary>Which names runs and metrics may have.</summary>
public static class MetricNames
{
    /// <summary>Longest run id, in characters.</summary>
    public const int MaxRunIdLength = 63;

    /// <summary>Longest metric name, in characters.</summary>
    public const int MaxMetricLength = 200;

    private static readonly SearchValues<char> RunIdCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly SearchValues<char> MetricCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./");

    /// <summary>1 to 63 of a-z, 0-9 and -, starting with a letter.</summary>
    public static bool IsRunId(ReadOnlySpan<char> id) =>
        id.Length is > 0 and <= MaxRunIdLength
        && char.IsAsciiLetterLower(id[0])
        && !id.ContainsAnyExcept(RunIdCharacters);

    /// <summary>1 to 200 of ASCII letters, digits and _ - . /</summary>
    public static bool IsMetric(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxMetricLength && !name.ContainsAnyExcept(MetricCharacters);
}
