using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Maskwright.Metrics.V1;
using Maskwright.MetricsCollector.Tests;
using Microsoft.Playwright;

namespace Maskwright.Benchmarks.Metrics;

/// <summary>
/// The page of a run in headless Chromium: from asking for its address until charts are drawn and a pointer over one of them is
/// answered, and from logging a point until it is drawn. The peer is the same page with Plotly's charts, from the collector's JSON.
/// </summary>
internal static class PageBenchmark
{
    private const int Charts = 30;
    private const int Points = 10_000;
    private const int Repeats = 7;
    private const int LivePoints = 15;
    private const int DrawnPoints = 1_000;
    private const string Run = "page";

    private const string FirstScreen =
        """
        () => {
            const inView = [...document.querySelectorAll(".plot")].filter(plot => plot.getBoundingClientRect().top < innerHeight);
            return inView.length > 0 && inView.every(plot => plot.dataset.state === "drawn");
        }
        """;

    private static readonly string AllDrawn = $"() => document.querySelectorAll('.plot[data-state=drawn]').length === {Charts}";

    public static Benchmark Benchmark { get; } = new(
        "collector.page", $"a run's page of {Charts} charts of {Points} points in headless Chromium, and a point that is logged meanwhile", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using var headless = await HeadlessChromium.StartAsync("collector.page");
        if (headless is null)
            return [];
        using var folder = new CollectorFolder();
        await using var collector = await folder.StartAsync();
        await collector.Client.CreateRunAsync(new CreateRunRequest { RunId = Run, Run = new Run() }, cancellationToken: cancellationToken);
        const int StepsABatch = 300;
        using (var call = collector.Client.LogMetrics(cancellationToken: cancellationToken))
        {
            for (var sequence = 1L; (sequence - 1) * StepsABatch < Points; sequence++)
                await call.RequestStream.WriteAsync(CollectorFolder.Batch(Run, sequence, StepsABatch, Charts), cancellationToken);
            await call.RequestStream.CompleteAsync();
            await call.ResponseAsync;
        }

        var browser = headless.Browser;
        var address = new Uri(collector.Pages, $"/runs/{Run}").ToString();
        var first = await TimeAsync(browser, 800, address, FirstScreen, fresh: true);
        var again = await TimeAsync(browser, 800, address, FirstScreen, fresh: false);
        var all = await TimeAsync(browser, 4_000, address, AllDrawn, fresh: true);
        var plotly = await TimeAsync(browser, 4_000, address, AllDrawn, fresh: true, PlotlyBoard());
        return
        [
            Row.LessIsBetter("collector.page/first-screen (nothing kept)", first, "ms", Repeats),
            Row.LessIsBetter("collector.page/first-screen (scripts kept)", again, "ms", Repeats),
            Row.LessIsBetter($"collector.page/all-{Charts}-charts (nothing kept)", all, "ms", Repeats, new PeerResult("Plotly (basic, SVG)", plotly)),
            Row.LessIsBetter("collector.page/live", await LiveAsync(browser, collector, address, cancellationToken), "ms", LivePoints),
        ];
    }

    /// <summary>Milliseconds until charts are drawn and all of them answer a pointer; the median.</summary>
    private static async Task<double> TimeAsync(IBrowser browser, int height, string address, string isDrawn, bool fresh, string? board = null)
    {
        List<double> milliseconds = [];
        var kept = await HeadlessChromium.OpenAsync(browser, height);
        for (var i = 0; i <= Repeats; i++)
        {
            var page = fresh ? await HeadlessChromium.OpenAsync(browser, height) : kept;
            if (board is not null)
                await page.RouteAsync("**/board.js", route => route.FulfillAsync(new() { ContentType = "text/javascript", Body = board }));
            await page.GotoAsync("about:blank");
            var started = Stopwatch.GetTimestamp();
            await page.GotoAsync(address, new() { WaitUntil = WaitUntilState.Commit });
            await page.WaitForFunctionAsync(isDrawn);
            var middle = await page.EvaluateAsync<float[]>("() => { const box = document.querySelector('.plot .u-over').getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }");
            await page.Mouse.MoveAsync(middle[0], middle[1]);
            await page.WaitForFunctionAsync("() => document.querySelector('.chart-place').textContent !== ''");
            if (i > 0)
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (fresh)
                await page.Context.CloseAsync();
        }

        await kept.Context.CloseAsync();
        return Measurement.Median(milliseconds);
    }

    /// <summary>Milliseconds from the call that logs a point until its value stands in the chart's legend; the median.</summary>
    private static async Task<double> LiveAsync(IBrowser browser, CollectorProcess collector, string address, CancellationToken cancellationToken)
    {
        var page = await HeadlessChromium.OpenAsync(browser, 800);
        await page.GotoAsync(address);
        await page.WaitForFunctionAsync(FirstScreen);
        List<double> milliseconds = [];
        for (var i = 0; i <= LivePoints; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using (var call = collector.Client.LogMetrics(cancellationToken: cancellationToken))
            {
                await call.RequestStream.WriteAsync(
                    new LogMetricsRequest
                    {
                        Run = $"runs/{Run}",
                        ClientId = "live",
                        Sequence = i + 1,
                        Points = { Enumerable.Range(0, Charts).Select(metric => new Point { Metric = $"train/metric_{metric}", Step = 2 * Points + i, Value = 1_000 + i, Time = Timestamp.FromDateTimeOffset(CollectorFolder.Time((2 * Points) + i)) }) },
                    },
                    cancellationToken);
                await call.RequestStream.CompleteAsync();
                await call.ResponseAsync;
            }

            await page.WaitForFunctionAsync("value => [...document.querySelectorAll('.plot[data-state=drawn] .chart-legend b')].slice(0, 6).every(one => one.textContent === value)", $"{1_000 + i}");
            if (i > 0)
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        await page.Context.CloseAsync();
        return Measurement.Median(milliseconds);
    }

    /// <summary>In the place of the page's own charts.</summary>
    private static string PlotlyBoard()
    {
        var metrics = string.Join('&', Enumerable.Range(0, Charts).Select(metric => $"metrics=train/metric_{metric}"));
        return $$"""
            const load = new Promise(resolve => {
                const script = Object.assign(document.createElement("script"), { src: new URL("plotly-basic-3.7.0.min.js", import.meta.url).href, onload: resolve });
                document.head.append(script);
            });
            export function open(root) {
                const answer = fetch("/v1/runs/{{Run}}/metrics?maxPoints={{DrawnPoints}}&{{metrics}}").then(answer => answer.json());
                Promise.all([answer, load]).then(async ([{ series }]) => {
                    for (const plot of root.querySelectorAll(".plot")) {
                        const { metric } = JSON.parse(plot.dataset.chart).lines[0];
                        const { points } = series.find(one => one.metric === metric);
                        const line = { x: points.map(point => Number(point.step)), y: points.map(point => point.value), type: "scatter", mode: "lines" };
                        const box = Object.assign(document.createElement("div"), { className: "u-over" });
                        plot.replaceChildren(box);
                        await Plotly.newPlot(box, [line], { width: plot.clientWidth, height: 190, margin: { t: 10, l: 40, r: 10, b: 30 }, hovermode: "x" }, { displayModeBar: false });
                        box.on("plotly_hover", () => { root.querySelector(".chart-place").textContent = "there"; });
                        plot.dataset.state = "drawn";
                    }
                });
                return { update() {}, sync() {}, append() {}, dispose() {} };
            }
            """;
    }
}
