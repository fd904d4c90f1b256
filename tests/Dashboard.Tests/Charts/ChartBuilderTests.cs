using Maskwright.Dashboard.Charts;
using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Tests.Charts;

public sealed class ChartBuilderTests
{
    private const long Second = 1_000_000_000;
    private const long Now = 1_000 * Second;
    private static readonly Instrument Gauge = new("a", "m", "gauge", InstrumentKind.Gauge, "Cel", "");

    [Fact]
    public void A_gauge_is_shown_as_it_was_from_its_first_report_on()
    {
        var chart = Build(Gauge, [At(970, 21), At(990, 22)]);
        chart.Moments[^1].ShouldBe(Now);
        chart.Moments.Count.ShouldBe(61);
        var values = chart.Lines.ShouldHaveSingleItem().Values;
        values.Take(30).ShouldAllBe(value => value == null);
        values[30].ShouldBe(21);
        values[49].ShouldBe(21);
        values[50].ShouldBe(22);
    }

    [Fact]
    public void A_series_that_is_not_reported_any_more_ends() =>
        Build(Gauge, [At(850, 21)]).Lines[0].Values[^1].ShouldBeNull();

    [Fact]
    public void A_value_that_is_reported_again_goes_on() =>
        Build(Gauge, [At(850, 21) with { To = 999 * Second }]).Lines[0].Values[^1].ShouldBe(21);

    [Fact]
    public void A_counter_is_shown_as_growth_a_second_and_begins_anew_after_a_restart()
    {
        // 10 a second until 979; then the process is new and counts 2 a second.
        MetricPoint[] points = [.. Enumerable.Range(930, 50).Select(second => At(second, (second - 930) * 10)), .. Enumerable.Range(980, 21).Select(second => At(second, (second - 980) * 2))];
        var chart = Build(Gauge with { Kind = InstrumentKind.Counter, Unit = "{request}" }, points);
        chart.Unit.ShouldBe("{request}/s");
        var values = chart.Lines[0].Values;
        values[30].ShouldBe(10);
        values[^1].ShouldBe(2);
        values.ShouldAllBe(value => value >= 0);
    }

    [Fact]
    public void A_histogram_is_shown_as_percentiles_of_what_was_new_in_all_series_together()
    {
        var histogram = Gauge with { Kind = InstrumentKind.Histogram, Unit = "s" };
        // Long before the window everything was in the last bucket; in it 90 values came to the first and 10 to the second.
        MetricSeries[] series =
        [
            new([], [Buckets(940, 0, 0, 500), Buckets(998, 90, 0, 500)]),
            new([], [Buckets(940, 0, 0, 500), Buckets(998, 0, 10, 500)]),
        ];
        var chart = ChartBuilder.Build(histogram, series, Now, 60 * Second, counts: false, _ => "");
        chart.Lines.Select(line => line.Name).ShouldBe(["P50", "P90", "P99"]);
        chart.Lines[0].Values[^1]!.Value.ShouldBe(10 * 50 / 90.0, 1e-9);
        chart.Lines[1].Values[^1]!.Value.ShouldBe(10, 1e-9);
        chart.Lines[2].Values[^1]!.Value.ShouldBe(19, 1e-9);
        chart.Lines[0].Values[40].ShouldBeNull();
        var counts = ChartBuilder.Build(histogram, series, Now, 60 * Second, counts: true, _ => "");
        counts.Lines.ShouldHaveSingleItem().Values[^1].ShouldBe(20); // 100 in 5 s.
    }

    [Fact]
    public void Of_many_series_the_greatest_are_drawn()
    {
        MetricSeries[] series = [.. Enumerable.Range(0, 50).Select(i => new MetricSeries([new("i", (long)i)], [At(990, i)]))];
        var chart = ChartBuilder.Build(Gauge, series, Now, 60 * Second, false, one => one.Attributes[0].Text);
        chart.LeftOut.ShouldBe(30);
        chart.Lines.Select(line => line.Name).ShouldBe([.. Enumerable.Range(30, 20).Reverse().Select(i => $"{i}")]);
    }

    private static MetricChart Build(Instrument instrument, MetricPoint[] points) =>
        ChartBuilder.Build(instrument, [new MetricSeries([], points)], Now, 60 * Second, counts: false, _ => "line");

    private static MetricPoint At(long second, double value) => new(second * Second, second * Second, value);

    private static MetricPoint Buckets(long second, params ulong[] counts) => At(second, 0) with { Buckets = new HistogramBuckets([10, 20], counts) };
}
