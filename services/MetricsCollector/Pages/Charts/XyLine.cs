namespace Maskwright.MetricsCollector.Pages.Charts;

/// <summary>A line, or points, of a chart.</summary>
/// <param name="Name">What it shows; plain characters.</param>
/// <param name="X">Numbers, or text where the axis has categories.</param>
/// <param name="Y">A value for each; null where there is none to draw.</param>
/// <param name="Colour">Colour for light and for dark pages, by its place.</param>
public sealed record XyLine(string Name, IReadOnlyList<object> X, IReadOnlyList<double?> Y, int Colour)
{
    /// <summary>Text that the library takes for what it is: it reads tags and entities otherwise.</summary>
    public static string Escaped(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);
}
