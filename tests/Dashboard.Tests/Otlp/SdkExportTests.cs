using System.Diagnostics;
using System.Diagnostics.Metrics;
using Maskwright.Dashboard.Telemetry;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Instrument = Maskwright.Dashboard.Telemetry.Instrument;
using MetricPoint = Maskwright.Dashboard.Telemetry.MetricPoint;

namespace Maskwright.Dashboard.Tests.Otlp;

/// <summary>What the OpenTelemetry SDK's own exporters send arrives whole, in both protocols.</summary>
public sealed partial class SdkExportTests
{
    private const string Service = "sender";

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Spans_arrive_with_all_they_carry(OtlpExportProtocol protocol)
    {
        await using var running = await RunningReceiver.StartAsync();
        using var source = new ActivitySource($"Tests.{protocol}");
        var linked = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        ActivityTraceId trace;
        ActivitySpanId root;
        using (var provider = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService(Service, serviceInstanceId: "one"))
            .AddSource(source.Name)
            .AddOtlpExporter(options => Configure(options, protocol, running, "v1/traces"))
            .Build())
        {
            using (var parent = source.StartActivity("parent", ActivityKind.Server, default(ActivityContext), links: [new ActivityLink(linked, new ActivityTagsCollection { ["why"] = "because" })])!)
            {
                (trace, root) = (parent.TraceId, parent.SpanId);
                parent.SetTag("text", "größer").SetTag("whole", 42L).SetTag("real", 1.5).SetTag("flag", true).SetTag("list", new[] { "a", "b" });
                parent.AddEvent(new ActivityEvent("half", tags: new ActivityTagsCollection { ["done"] = 50L }));
                using var child = source.StartActivity("child", ActivityKind.Client)!;
                child.SetStatus(ActivityStatusCode.Error, "went wrong");
            }

            provider.ForceFlush().ShouldBeTrue();
        }

        var summary = running.Store.Traces.Snapshot().ShouldHaveSingleItem();
        summary.Id.ToString().ShouldBe(trace.ToHexString());
        (summary.Name, summary.Resource, summary.Spans, summary.Errors).ShouldBe(("parent", Service, 2, 1));
        var spans = running.Store.Traces.Spans(summary.Id)!;
        var first = spans.Single(span => span.Name == "parent");
        first.Id.ToString().ShouldBe(root.ToHexString());
        first.Parent.IsNone.ShouldBeTrue();
        first.Kind.ShouldBe(Dashboard.Telemetry.SpanKind.Server);
        first.Source.ShouldBe(new TelemetrySource(Service, "one", source.Name));
        first.Attributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value).ShouldBe(
            new Dictionary<string, object> { ["text"] = "größer", ["whole"] = 42L, ["real"] = 1.5, ["flag"] = true, ["list"] = """["a","b"]""" }, ignoreOrder: true);
        var happened = first.Events.ShouldHaveSingleItem();
        happened.Name.ShouldBe("half");
        happened.Attributes.ShouldBe([new TelemetryAttribute("done", 50L)]);
        happened.Time.ShouldBeInRange(first.Start, first.End);
        var link = first.Links.ShouldHaveSingleItem();
        (link.TraceId.ToString(), link.SpanId.ToString()).ShouldBe((linked.TraceId.ToHexString(), linked.SpanId.ToHexString()));
        link.Attributes.ShouldBe([new TelemetryAttribute("why", "because")]);
        var second = spans.Single(span => span.Name == "child");
        (second.Parent, second.Kind, second.Status, second.StatusMessage)
            .ShouldBe((first.Id, Dashboard.Telemetry.SpanKind.Client, SpanStatus.Error, "went wrong"));
    }

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Log_records_arrive_with_level_attributes_and_trace(OtlpExportProtocol protocol)
    {
        await using var running = await RunningReceiver.StartAsync();
        using var activity = new Activity("around").SetIdFormat(ActivityIdFormat.W3C).Start();
        activity.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        using (var factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(Service, serviceInstanceId: "one"));
            options.AddOtlpExporter(exporter => Configure(exporter, protocol, running, "v1/logs"));
        })))
        {
            var logger = factory.CreateLogger("Category");
            foreach (var level in Enum.GetValues<LogLevel>().Where(level => level != LogLevel.None))
                Count(logger, level, 3, level);
        }

        var entries = running.Store.Logs.Snapshot();
        entries.Select(entry => entry.Severity).ShouldBe(
            [LogSeverity.Trace, LogSeverity.Debug, LogSeverity.Information, LogSeverity.Warning, LogSeverity.Error, LogSeverity.Critical]);
        var warning = entries[3];
        warning.Message.ShouldBe("3 of Warning");
        warning.Source.ShouldBe(new TelemetrySource(Service, "one", "Category"));
        warning.Attributes.ShouldContain(new TelemetryAttribute("Count", 3L));
        (warning.TraceId.ToString(), warning.SpanId.ToString()).ShouldBe((activity.TraceId.ToHexString(), activity.SpanId.ToHexString()));
        entries.Select(entry => entry.Number).ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Metrics_of_every_kind_arrive(OtlpExportProtocol protocol)
    {
        await using var running = await RunningReceiver.StartAsync();
        using var meter = new Meter($"Tests.Meter.{protocol}");
        var counter = meter.CreateCounter<long>("requests", "{request}", "Requests answered");
        var open = meter.CreateUpDownCounter<int>("open");
        var gauge = meter.CreateGauge<double>("temperature", "Cel");
        var histogram = meter.CreateHistogram("duration", "s", null, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 4] });
        var exponential = meter.CreateHistogram<double>("exponential");
        using (var provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(Service, serviceInstanceId: "one"))
            .AddMeter(meter.Name)
            .AddView("exponential", new Base2ExponentialBucketHistogramConfiguration())
            .AddOtlpExporter(options => Configure(options, protocol, running, "v1/metrics"))
            .Build())
        {
            counter.Add(2, KeyValuePair.Create<string, object?>("route", "/a"));
            counter.Add(5, KeyValuePair.Create<string, object?>("route", "/b"));
            open.Add(-3);
            gauge.Record(21.5);
            foreach (var value in (double[])[0.5, 1, 3, 3.5, 100])
                histogram.Record(value);
            foreach (var value in (double[])[0, 1, 2, 4, 8, 16])
                exponential.Record(value);
            provider.ForceFlush().ShouldBeTrue();
        }

        var metrics = running.Store.Metrics;
        metrics.Resources().ShouldBe([Service]);
        var instruments = metrics.Instruments(Service).ToDictionary(instrument => instrument.Name);
        instruments["requests"].ShouldBe(new Instrument(Service, meter.Name, "requests", InstrumentKind.Counter, "{request}", "Requests answered"));
        metrics.Series(instruments["requests"]).ToDictionary(series => series.Attributes.Single(attribute => attribute.Key == "route").Text, series => series.Points[^1].Value)
            .ShouldBe(new Dictionary<string, double> { ["/a"] = 2, ["/b"] = 5 }, ignoreOrder: true);
        Last("open").ShouldSatisfyAllConditions(point => instruments["open"].Kind.ShouldBe(InstrumentKind.UpDownCounter), point => point.Value.ShouldBe(-3));
        Last("temperature").ShouldSatisfyAllConditions(point => instruments["temperature"].Kind.ShouldBe(InstrumentKind.Gauge), point => point.Value.ShouldBe(21.5));
        var duration = Last("duration");
        instruments["duration"].Kind.ShouldBe(InstrumentKind.Histogram);
        duration.Value.ShouldBe(108);
        duration.Buckets!.Bounds.ShouldBe([1, 2, 4]);
        duration.Buckets.Counts.ShouldBe([2UL, 0UL, 2UL, 1UL]);
        var buckets = Last("exponential").Buckets!;
        buckets.Total.ShouldBe(6UL);
        buckets.Quantile(1)!.Value.ShouldBe(16, 0.5);
        buckets.Quantile(0.5)!.Value.ShouldBe(2, 0.1);

        MetricPoint Last(string name) => metrics.Series(instruments[name]).ShouldHaveSingleItem().Points[^1];
    }

    [LoggerMessage(EventId = 1, Message = "{Count} of {Kind}")]
    private static partial void Count(ILogger logger, LogLevel level, int count, LogLevel kind);

    private static void Configure(OtlpExporterOptions options, OtlpExportProtocol protocol, RunningReceiver running, string path)
    {
        options.Protocol = protocol;
        options.Endpoint = protocol == OtlpExportProtocol.Grpc ? running.Receiver.GrpcUrl : new Uri(running.Receiver.HttpUrl, path);
        options.Headers = $"x-otlp-api-key={RunningReceiver.Key}";
    }
}
