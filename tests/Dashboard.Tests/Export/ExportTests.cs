using System.Net;
using System.Text.Json;
using Maskwright.Dashboard.Otlp.Wire;

namespace Maskwright.Dashboard.Tests.Export;

public sealed class ExportTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Telemetry_comes_out_as_OTLP_JSON()
    {
        await using var sample = await SampleDashboard.StartAsync();
        await sample.SendAsync(SampleTelemetry.Spans("trainer", SampleTelemetry.Trace(7, 3, 1_000_000)));
        await sample.SendAsync(SampleTelemetry.Spans("storage", SampleTelemetry.Trace(8, 1, 1_000_000)));
        await sample.SendAsync(SampleTelemetry.Logs("trainer", [SampleTelemetry.Log("said", SeverityNumber.Warn, 7, 1, new KeyValue { Key = "n", Value = new AnyValue { IntValue = 5 } })]));
        using var client = await LoggedInAsync(sample);

        var spans = (await JsonAsync(client, "/export/traces?resource=trainer")).GetProperty("resourceSpans").EnumerateArray().Single();
        spans.GetProperty("resource").GetProperty("attributes")[0].ToString().ShouldBe("""{"key":"service.name","value":{"stringValue":"trainer"}}""");
        var all = spans.GetProperty("scopeSpans")[0].GetProperty("spans");
        all.GetArrayLength().ShouldBe(3);
        all[1].GetProperty("traceId").GetString().ShouldBe("00000000000000000000000000000007");
        all[1].GetProperty("parentSpanId").GetString().ShouldBe("0000000000000001");
        all[0].GetProperty("startTimeUnixNano").GetString().ShouldBe("1000000");

        var log = (await JsonAsync(client, "/export/logs")).GetProperty("resourceLogs")[0].GetProperty("scopeLogs")[0].GetProperty("logRecords")[0];
        log.GetProperty("severityNumber").GetInt32().ShouldBe(13);
        log.GetProperty("body").GetProperty("stringValue").GetString().ShouldBe("said");
        log.GetProperty("attributes")[0].GetProperty("value").GetProperty("intValue").GetString().ShouldBe("5");

        (await JsonAsync(client, "/export/traces/00000000000000000000000000000008")).GetProperty("resourceSpans").GetArrayLength().ShouldBe(1);
        (await client.GetAsync(new Uri("/export/traces/none", UriKind.Relative), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Metrics_come_out_as_OTLP_JSON()
    {
        await using var sample = await SampleDashboard.StartAsync();
        var histogram = new Metric
        {
            Name = "duration",
            Unit = "s",
            Histogram = new Histogram { AggregationTemporality = AggregationTemporality.Cumulative, DataPoints = { new HistogramDataPoint { TimeUnixNano = 5, Count = 3, Sum = 4.5, ExplicitBounds = { 1 }, BucketCounts = { 1, 2 } } } },
        };
        await sample.SendAsync(new ExportMetricsServiceRequest { ResourceMetrics = { new ResourceMetrics { Resource = SampleTelemetry.Resource("trainer"), ScopeMetrics = { new ScopeMetrics { Scope = new() { Name = "m" }, Metrics = { histogram } } } } } });
        using var client = await LoggedInAsync(sample);
        var metric = (await JsonAsync(client, "/export/metrics")).GetProperty("resourceMetrics")[0].GetProperty("scopeMetrics")[0].GetProperty("metrics")[0];
        metric.GetProperty("name").GetString().ShouldBe("duration");
        var point = metric.GetProperty("histogram").GetProperty("dataPoints")[0];
        point.GetProperty("bucketCounts").EnumerateArray().Select(count => count.GetString()).ShouldBe(["1", "2"]);
        point.GetProperty("sum").GetDouble().ShouldBe(4.5);
    }

    [Fact]
    public async Task A_console_log_comes_out_as_text_without_colours()
    {
        await using var sample = await SampleDashboard.StartAsync();
        sample.Add("storage").Add("\u001b[32mready\u001b[0m", false);
        using var client = await LoggedInAsync(sample);
        (await client.GetStringAsync(new Uri("/export/console/storage", UriKind.Relative), Cancellation)).ShouldEndWith(" ready\n");
        (await client.GetAsync(new Uri("/export/console/none", UriKind.Relative), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<HttpClient> LoggedInAsync(SampleDashboard sample)
    {
        var client = new HttpClient { BaseAddress = sample.Url };
        (await client.GetAsync(sample.Running.LoginUrl, Cancellation)).EnsureSuccessStatusCode();
        return client;
    }

    private static async Task<JsonElement> JsonAsync(HttpClient client, string path) =>
        JsonElement.Parse(await client.GetByteArrayAsync(new Uri(path, UriKind.Relative), Cancellation));
}
