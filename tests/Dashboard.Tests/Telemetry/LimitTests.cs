using Maskwright.Dashboard.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Maskwright.Dashboard.Tests.Telemetry;

/// <summary>What exceeds a limit pushes out the oldest and is counted.</summary>
public sealed class LimitTests
{
    [Fact]
    public void The_oldest_log_records_fall_out()
    {
        var logs = new LogStore(new TelemetryLimits { MaxLogCount = 3 });
        logs.Add([.. Enumerable.Range(1, 5).Select(i => Samples.Log($"{i}"))], refused: 2);
        logs.Snapshot().Select(entry => entry.Message).ShouldBe(["3", "4", "5"]);
        logs.Counts.ShouldBe(new SignalCounts(Received: 5, Kept: 3, FallenOut: 2, Refused: 2));
    }

    [Fact]
    public void The_trace_that_has_not_grown_for_longest_falls_out()
    {
        var traces = new TraceStore(new TelemetryLimits { MaxTraceCount = 2 });
        traces.Add([(Samples.Trace(1), Samples.Span(1)), (Samples.Trace(2), Samples.Span(1)), (Samples.Trace(1), Samples.Span(2, parent: 1)), (Samples.Trace(3), Samples.Span(1))], 0);
        traces.Snapshot().Select(trace => trace.Id).ShouldBe([Samples.Trace(1), Samples.Trace(3)], ignoreOrder: true);
        traces.Counts.ShouldBe(new SignalCounts(Received: 4, Kept: 3, FallenOut: 1, Refused: 0));
        traces.FallenOutTraces.ShouldBe(1);
    }

    [Fact]
    public void Traces_fall_out_until_their_spans_fit()
    {
        var traces = new TraceStore(new TelemetryLimits { MaxSpanCount = 4 });
        for (ulong trace = 1; trace <= 3; trace++)
            traces.Add([(Samples.Trace(trace), Samples.Span(1)), (Samples.Trace(trace), Samples.Span(2))], 0);
        traces.Snapshot().Length.ShouldBe(2);
        traces.Counts.ShouldBe(new SignalCounts(Received: 6, Kept: 4, FallenOut: 2, Refused: 0));
    }

    [Fact]
    public void A_full_trace_refuses_spans_and_a_span_sent_twice_counts_once()
    {
        var traces = new TraceStore(new TelemetryLimits { MaxSpansPerTrace = 40 });
        var spans = Enumerable.Range(1, 41).Select(i => (Samples.Trace(1), Samples.Span((ulong)i))).ToArray();
        traces.Add([.. spans.Take(20), .. spans.Take(20)], 0).ShouldBe(0);
        traces.Spans(Samples.Trace(1))!.Count.ShouldBe(20);
        traces.Add([.. spans.Skip(20)], 0).ShouldBe(1);
        traces.Counts.ShouldBe(new SignalCounts(Received: 60, Kept: 40, FallenOut: 0, Refused: 1));
    }

    [Fact]
    public void The_oldest_points_of_a_resource_fall_out_whatever_their_series()
    {
        var metrics = new MetricStore(new TelemetryLimits { MaxMetricsCount = 3 });
        var first = new Instrument("a", "m", "first", InstrumentKind.Gauge, "", "");
        var second = first with { Name = "second" };
        metrics.Add([Report(first, 1), Report(first, 2), Report(second, 3), Report(second, 4), Report(first with { Resource = "b" }, 9)], 0);
        metrics.Series(first).ShouldHaveSingleItem().Points.Select(point => point.Value).ShouldBe([2]);
        metrics.Series(second).ShouldHaveSingleItem().Points.Select(point => point.Value).ShouldBe([3, 4]);
        metrics.Add([Report(second, 5)], 0);
        metrics.Series(first).ShouldBeEmpty();
        metrics.Counts.ShouldBe(new SignalCounts(Received: 6, Kept: 4, FallenOut: 2, Refused: 0));
    }

    [Fact]
    public void A_value_that_stays_takes_one_point()
    {
        var metrics = new MetricStore(new TelemetryLimits());
        var gauge = new Instrument("a", "m", "gauge", InstrumentKind.Gauge, "", "");
        metrics.Add([.. Enumerable.Range(1, 100).Select(i => new MetricReport(gauge, [], new MetricPoint(i, i, 7), false))], 0);
        metrics.Series(gauge).ShouldHaveSingleItem().Points.ShouldBe([new MetricPoint(1, 100, 7)]);
        metrics.Counts.ShouldBe(new SignalCounts(100, 1, 0, 0));
    }

    [Fact]
    public void Points_survive_in_order_through_many_turns_of_the_limit()
    {
        var metrics = new MetricStore(new TelemetryLimits { MaxMetricsCount = 100 });
        var gauge = new Instrument("a", "m", "gauge", InstrumentKind.Gauge, "", "");
        for (var i = 0; i < 5_000; i++)
            metrics.Add([Report(gauge, i)], 0);
        metrics.Series(gauge)[0].Points.Select(point => point.Value).ShouldBe(Enumerable.Range(4_900, 100).Select(i => (double)i));
    }

    [Fact]
    public void Instruments_and_resources_without_end_are_refused()
    {
        var limits = new TelemetryLimits { MaxInstrumentCount = 2, MaxResourceCount = 2 };
        var metrics = new MetricStore(limits);
        metrics.Add([.. Enumerable.Range(0, 5).Select(i => Report(new Instrument("a", "m", $"{i}", InstrumentKind.Gauge, "", ""), 1))], 0).ShouldBe(3);
        var store = new TelemetryStore(limits);
        new[] { "a", "b", "a", "c" }.Select(store.Admit).ShouldBe([true, true, true, false]);
    }

    [Fact]
    public void Clearing_a_resource_leaves_the_others()
    {
        var limits = new TelemetryLimits();
        var logs = new LogStore(limits);
        logs.Add([Samples.Log("x", "a"), Samples.Log("y", "b")], 0);
        logs.Clear("a");
        logs.Snapshot().ShouldHaveSingleItem().Message.ShouldBe("y");
        var traces = new TraceStore(limits);
        traces.Add([(Samples.Trace(1), Samples.Span(1, resource: "a")), (Samples.Trace(2), Samples.Span(1, resource: "b"))], 0);
        traces.Clear("a");
        traces.Snapshot().ShouldHaveSingleItem().Resource.ShouldBe("b");
        traces.Counts.Kept.ShouldBe(1);
        traces.Clear(null);
        traces.Snapshot().ShouldBeEmpty();
    }

    [Fact]
    public void Limits_come_from_settings_and_wrong_ones_are_named()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Dashboard:TelemetryLimits:MaxLogCount"] = "7" }).Build();
        TelemetryLimits.From(settings).ShouldBe(new TelemetryLimits { MaxLogCount = 7 });
        settings["Dashboard:TelemetryLimits:MaxTraceCount"] = "none";
        Should.Throw<InvalidOperationException>(() => TelemetryLimits.From(settings)).Message.ShouldContain("Dashboard:TelemetryLimits:MaxTraceCount: 'none'");
    }

    private static MetricReport Report(Instrument instrument, double value) => new(instrument, [], new MetricPoint((long)value, (long)value, value), false);
}
