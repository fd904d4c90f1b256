using System.Text.RegularExpressions;
using Maskwright.Dashboard.Otlp.Wire;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.Dashboard.Tests.Browser;

public sealed class MetricsPageTests(Chromium chromium)
{
    private const ulong Second = 1_000_000_000;

    [Fact]
    public async Task Instruments_are_drawn_narrowed_by_dimension_and_cleared()
    {
        await using var open = await OpenDashboard.StartAsync(chromium);
        var page = open.Page;
        await open.GoAsync("/metrics");
        await Expect(page.GetByTestId("empty")).ToContainTextAsync("No metrics yet");
        var now = SampleTelemetry.Now;
        for (var ago = 40; ago >= 0; ago--)
            await open.Sample.SendAsync(Message(now - ((ulong)ago * Second), 40 - ago));
        await Expect(page).ToHaveURLAsync(new Regex("/metrics/resource/trainer$"));

        await page.GetByTestId("instruments").GetByText("requests").ClickAsync();
        await Expect(page.GetByTestId("instrument-name")).ToHaveTextAsync("requests");
        await Expect(page.GetByTestId("chart").Locator(".legendtext")).ToHaveTextAsync(["route=/a", "route=/b"]);
        await Expect(page.GetByTestId("chart").Locator(".scatterlayer .trace path.js-line").First).ToBeAttachedAsync();
        await Expect(page.GetByTestId("latest")).ToContainTextAsync("40 request");
        await open.GoAsync("/metrics/resource/trainer?instrument=requests&dimension=route%3D%2Fb");
        await Expect(page.GetByTestId("latest").Locator("tbody tr")).ToHaveCountAsync(1);

        await page.GetByTestId("instruments").GetByText("duration").ClickAsync();
        await Expect(page.GetByTestId("chart").Locator(".legendtext")).ToHaveTextAsync(["P50", "P90", "P99"]);
        await page.GetByTestId("histogram-view").GetByText("Count").ClickAsync();
        await Expect(page.GetByTestId("chart").Locator(".legendtext")).ToHaveTextAsync(["values"]);
        await Expect(page).ToHaveURLAsync(new Regex("view=count"));

        await page.GetByTestId("clear").ClickAsync();
        await Expect(page.GetByTestId("empty")).ToContainTextAsync("No metrics of 'trainer' yet");
    }

    private static ExportMetricsServiceRequest Message(ulong time, int value) => new()
    {
        ResourceMetrics =
        {
            new ResourceMetrics
            {
                Resource = SampleTelemetry.Resource("trainer"),
                ScopeMetrics =
                {
                    new ScopeMetrics
                    {
                        Scope = new() { Name = "Sample" },
                        Metrics =
                        {
                            new Metric
                            {
                                Name = "requests",
                                Unit = "{request}",
                                Sum = new Sum
                                {
                                    IsMonotonic = true,
                                    AggregationTemporality = AggregationTemporality.Cumulative,
                                    DataPoints = { Point(time, value, "/a"), Point(time, 2 * value, "/b") },
                                },
                            },
                            new Metric
                            {
                                Name = "duration",
                                Unit = "s",
                                Histogram = new Histogram
                                {
                                    AggregationTemporality = AggregationTemporality.Cumulative,
                                    DataPoints = { new HistogramDataPoint { TimeUnixNano = time, Count = (ulong)(3 * value), Sum = value, ExplicitBounds = { 0.1, 1 }, BucketCounts = { (ulong)(2 * value), (ulong)value, 0 } } },
                                },
                            },
                        },
                    },
                },
            },
        },
    };

    private static NumberDataPoint Point(ulong time, int value, string route) => new() { TimeUnixNano = time, AsInt = value, Attributes = { SampleTelemetry.Attribute("route", route) } };
}
