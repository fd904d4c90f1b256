namespace Maskwright.MetricsCollector.Pages.Run.Confusion;

/// <summary>Cells of confusion matrices are metrics of their own: <c>confusion/TRUTH/PREDICTION</c>, in pixels.</summary>
internal static class ConfusionNames
{
    private const string Prefix = "confusion/";

    /// <summary>Whether a metric is a cell.</summary>
    public static bool IsCell(string metric) =>
        metric.StartsWith(Prefix, StringComparison.Ordinal) && metric.AsSpan(Prefix.Length).Count('/') == 1;

    /// <summary>Names of the classes that metrics speak of, by name.</summary>
    public static IReadOnlyList<string> Classes(IEnumerable<string> metrics) =>
        [.. metrics.Where(IsCell).Select(metric => metric.Split('/')[1]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
