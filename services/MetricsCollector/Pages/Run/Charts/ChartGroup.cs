namespace Maskwright.MetricsCollector.Pages.Run.Charts;

/// <summary>Charts of one subject.</summary>
/// <param name="Title">The subject.</param>
/// <param name="Charts">The charts, in their order.</param>
internal sealed record ChartGroup(string Title, IReadOnlyList<RunChart> Charts);

/// <summary>Lines that are read together.</summary>
/// <param name="Key">Tells it from the others of the run.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Unit"><c>bytes</c>, <c>s</c>, <c>/s</c>, or empty.</param>
/// <param name="Lines">The lines, in their order.</param>
internal sealed record RunChart(string Key, string Title, string Unit, IReadOnlyList<ChartLine> Lines);

/// <summary>One metric in a chart.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Label">What tells it from the other lines of the chart.</param>
internal sealed record ChartLine(string Metric, string Label);
