namespace Maskwright.MetricsCollector.Pages.Run.Charts;

/// <summary>How all charts of a page are drawn.</summary>
/// <param name="Smooth">What a point keeps of the average before it, from 0 to below 1.</param>
/// <param name="Log">Whether values stand on a logarithmic scale.</param>
/// <param name="X"><c>step</c> or <c>time</c>.</param>
/// <param name="Zoom">The part shown, as the address has it; null for all.</param>
/// <param name="Dark">Whether the page is dark.</param>
/// <param name="Start">When the run began, in milliseconds since 1970.</param>
internal sealed record ChartSettings(double Smooth, bool Log, string X, string? Zoom, bool Dark, double Start);
