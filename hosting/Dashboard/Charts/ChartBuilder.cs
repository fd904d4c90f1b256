using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Charts;

/// <summary>Turns the points of an instrument into lines: gauges as they are, counters as growth a second, histograms as percentiles.</summary>
internal static class ChartBuilder
{
    /// <summary>More lines cannot be told apart.</summary>
    public const int MaxLines = 20;

    private const int Steps = 90;
    private const long Second = 1_000_000_000;

    /// <summary>Exporters report every second or every minute; a rate over less than several reports is noise.</summary>
    private const long ShortestWindow = 5 * Second;

    /// <summary>A series that has not been reported for this long has ended.</summary>
    private const long Patience = 90 * Second;

    private static readonly (string Name, double Share)[] Percentiles = [("P50", 0.5), ("P90", 0.9), ("P99", 0.99)];

    /// <summary>Builds the chart of the last <paramref name="duration"/>.</summary>
    /// <param name="instrument">What is measured.</param>
    /// <param name="series">Its series, those of a histogram are taken together.</param>
    /// <param name="now">The right edge, nanoseconds since 1970.</param>
    /// <param name="duration">Time shown, in nanoseconds.</param>
    /// <param name="counts">For a histogram: its values a second and not their percentiles.</param>
    /// <param name="nameOf">What a series is called.</param>
    public static MetricChart Build(Instrument instrument, IReadOnlyList<MetricSeries> series, long now, long duration, bool counts, Func<MetricSeries, string> nameOf)
    {
        var step = Math.Max(Second, duration / Steps);
        // Moments stay where they are while time goes on, so that lines move and do not tremble.
        var last = now / step * step;
        long[] moments = [.. Enumerable.Range(0, (int)(duration / step) + 1).Select(i => last - duration + (i * step))];
        var window = Math.Max(ShortestWindow, step);
        if (instrument.Kind == InstrumentKind.Histogram)
            return new MetricChart(moments, counts ? [Rates(series, moments, window)] : Quantiles(series, moments, window), counts ? "/s" : instrument.Unit, 0);

        var drawn = series.Count <= MaxLines ? series : [.. series.OrderByDescending(one => one.Points is [.., var latest] ? latest.Value : 0).Take(MaxLines)];
        var counter = instrument.Kind == InstrumentKind.Counter;
        ChartLine[] lines = [.. drawn.Select(one => new ChartLine(nameOf(one), [.. moments.Select(moment => counter ? Rate(one.Points, moment, window) : At(one.Points, moment)?.Value)]))];
        return new MetricChart(moments, lines, counter ? $"{instrument.Unit}/s" : instrument.Unit, series.Count - drawn.Count);
    }

    private static ChartLine[] Quantiles(IReadOnlyList<MetricSeries> series, long[] moments, long window)
    {
        HistogramBuckets?[] buckets = [.. moments.Select(moment => series.Select(one => Counted(one.Points, moment, window)).OfType<HistogramBuckets>().Aggregate((HistogramBuckets?)null, (sum, more) => sum?.Plus(more) ?? more))];
        return [.. Percentiles.Select(percentile => new ChartLine(percentile.Name, [.. buckets.Select(counted => counted?.Quantile(percentile.Share))]))];
    }

    private static ChartLine Rates(IReadOnlyList<MetricSeries> series, long[] moments, long window) => new(
        "values", [.. moments.Select(moment =>
        {
            double? sum = null;
            foreach (var one in series)
            {
                if (Counted(one.Points, moment, window) is { } counted)
                    sum = (sum ?? 0) + (counted.Total / (window / (double)Second));
            }

            return sum;
        })]);

    /// <summary>What a histogram counted in the window before a moment; null when it was not there.</summary>
    private static HistogramBuckets? Counted(IReadOnlyList<MetricPoint> points, long moment, long window) =>
        At(points, moment)?.Buckets is { } buckets && (At(points, moment - window) is not null || points[0].From > moment - window)
            ? buckets.Since(At(points, moment - window)?.Buckets)
            : null;

    /// <summary>Growth a second over the window before a moment. A total that fell began anew at 0.</summary>
    private static double? Rate(IReadOnlyList<MetricPoint> points, long moment, long window)
    {
        if (At(points, moment) is not { } now || At(points, moment - window) is not { } before)
            return null;
        var growth = now.Value >= before.Value ? now.Value - before.Value : now.Value;
        return growth / (window / (double)Second);
    }

    /// <summary>The point that held at a moment: the last that began before it, unless reports had ended long before.</summary>
    private static MetricPoint? At(IReadOnlyList<MetricPoint> points, long moment)
    {
        int low = 0, high = points.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (points[middle].From <= moment)
                low = middle + 1;
            else
                high = middle;
        }

        return low == 0 || points[low - 1].To < moment - Patience ? null : points[low - 1];
    }
}
