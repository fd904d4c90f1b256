using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Tests.Telemetry;

public sealed class TraceTests
{
    [Fact]
    public void A_trace_is_named_after_its_root_whenever_that_arrives()
    {
        var traces = new TraceStore(new TelemetryLimits());
        traces.Add([(Samples.Trace(1), Samples.Span(2, parent: 1, start: 20, duration: 30, resource: "b", status: SpanStatus.Error))], 0);
        traces.Snapshot()[0].Name.ShouldBe("span 2");
        traces.Add([(Samples.Trace(1), Samples.Span(3, parent: 2, start: 5, duration: 1, resource: "b")), (Samples.Trace(1), Samples.Span(1, start: 10, duration: 30))], 0);
        var summary = traces.Snapshot().ShouldHaveSingleItem();
        (summary.Name, summary.Resource, summary.Start, summary.Duration, summary.Spans, summary.Errors).ShouldBe(("span 1", "a", 5, 45, 3, 1));
        summary.Resources.ShouldBe([new("b", 2), new("a", 1)]);
    }

    [Fact]
    public void Traces_are_listed_by_start_the_last_first()
    {
        var traces = new TraceStore(new TelemetryLimits());
        foreach (var start in (long[])[5, 9, 1])
            traces.Add([(Samples.Trace((ulong)start), Samples.Span(1, start: start))], 0);
        traces.Snapshot().Select(trace => trace.Start).ShouldBe([9, 5, 1]);
    }

    [Theory]
    [InlineData("00000000000000000000000000000001", true)]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e4736", true)]
    [InlineData("00000000000000000000000000000000", false)]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e473", false)]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e473g", false)]
    [InlineData(null, false)]
    public void Trace_ids_are_32_hexadecimal_digits(string? text, bool valid)
    {
        TraceId.TryParse(text, out var id).ShouldBe(valid);
        if (valid)
            id.ToString().ShouldBe(text);
    }
}
