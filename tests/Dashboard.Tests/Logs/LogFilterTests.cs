using Maskwright.Dashboard.Logs;
using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Tests.Logs;

public sealed class LogFilterTests
{
    private static readonly LogEntry Entry = new()
    {
        Time = 1,
        Severity = LogSeverity.Warning,
        Message = "Epoch 3 has ended",
        Source = new TelemetrySource("trainer", "trainer-1", "Training.Loop"),
        Attributes = [new("epoch", 3L), new("loss", 0.25), new("device", "cpu")],
        TraceId = new TraceId(7),
        SpanId = new SpanId(8),
    };

    [Theory]
    [InlineData("epoch = 3", true)]
    [InlineData("epoch != 3", false)]
    [InlineData("epoch > 2", true)]
    [InlineData("epoch >= 3", true)]
    [InlineData("loss < 0.25", false)]
    [InlineData("loss <= 0.25", true)]
    [InlineData("device ~ CP", true)]
    [InlineData("device !~ cp", false)]
    [InlineData("device > 1", false)]
    [InlineData("absent = x", false)]
    [InlineData("absent != x", true)]
    [InlineData("absent !~ x", true)]
    [InlineData("message ~ has ended", true)]
    [InlineData("category = training.loop", true)]
    [InlineData("resource = trainer", true)]
    [InlineData("instance = trainer-2", false)]
    public void Conditions_hold_or_not(string text, bool holds)
    {
        var condition = LogCondition.Parse(text).ShouldNotBeNull();
        condition.Holds(Entry).ShouldBe(holds);
        condition.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("epoch")]
    [InlineData("epoch is 3")]
    [InlineData(" = 3")]
    public void What_is_no_condition_is_none(string text) => LogCondition.Parse(text).ShouldBeNull();

    [Fact]
    public void All_that_is_asked_must_hold()
    {
        var asked = new LogFilter { Resource = "trainer", MinSeverity = LogSeverity.Warning, Text = "LOOP", Trace = new TraceId(7), Span = new SpanId(8), Conditions = [new("epoch", "=", "3")] };
        asked.Takes(Entry).ShouldBeTrue();
        LogFilter[] others =
        [
            asked with { Resource = "storage" }, asked with { MinSeverity = LogSeverity.Error }, asked with { Text = "absent" },
            asked with { Trace = new TraceId(1) }, asked with { Span = new SpanId(1) }, asked with { Conditions = [new("epoch", "=", "4")] },
        ];
        others.ShouldAllBe(other => !other.Takes(Entry));
        (asked with { Text = "cpu" }).Takes(Entry).ShouldBeTrue();
    }
}
