namespace Maskwright.Dashboard.Charts;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Values">One value for each moment of the chart; null where there is none.</param>
public sealed record ChartLine(string Name, IReadOnlyList<double?> Values);

/// <summary>Moments and what an instrument said at each of them.</summary>
/// <param name="Moments">Nanoseconds since 1970, evenly spaced.</param>
/// <param name="Lines">The lines.</param>
/// <param name="Unit">Unit of the values, for people.</param>
/// <param name="LeftOut">Series that are not drawn because there are too many.</param>
public sealed record MetricChart(IReadOnlyList<long> Moments, IReadOnlyList<ChartLine> Lines, string Unit, int LeftOut);
