using System.Diagnostics;
using Maskwright.Dashboard;
using Maskwright.Dashboard.Tests;
using Maskwright.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Playwright;

namespace Maskwright.Benchmarks.Host;

/// <summary>
/// Time from asking for a page until its rows stand in headless Chromium: by its address, with all that a fresh page loads, and
/// by a click in a page that is open.
/// </summary>
internal static class PagesBenchmark
{
    private const int Repeats = 7;
    private const int Traces = 10_000;
    private const int Spans = 5_000;
    private const string Chromium = "/usr/bin/chromium";
    private const string LongTrace = "00000000000000000000000000002710";

    public static Benchmark Benchmark { get; } = new("host.pages", $"the list of {Traces} traces and a trace of {Spans} spans in headless Chromium", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        if (!File.Exists(Chromium))
        {
            await Console.Error.WriteLineAsync($"host.pages: there is no {Chromium}; install Debian's package chromium.");
            return [];
        }

        var dashboard = await DashboardServer.StartAsync(
            new DashboardContext
            {
                ApplicationName = "Benchmark",
                Resources = new ResourceBoard(),
                ConsoleLogOf = _ => null,
                ExecuteAsync = (_, _, _) => throw new NotSupportedException(),
                Configuration = new ConfigurationBuilder().Build(),
                Time = TimeProvider.System,
            },
            cancellationToken);
        try
        {
            await FillAsync(dashboard, cancellationToken);
            return await MeasureAsync(dashboard);
        }
        finally
        {
            await dashboard.StopAsync();
        }
    }

    /// <summary>10,000 traces of which one has 5,000 spans and the others have 10.</summary>
    private static async Task FillAsync(RunningDashboard dashboard, CancellationToken cancellationToken)
    {
        const int TracesAMessage = 50;
        for (var first = 1; first < Traces; first += TracesAMessage)
        {
            var numbers = Enumerable.Range(first, Math.Min(TracesAMessage, Traces - first));
            await dashboard.SendAsync(SampleTelemetry.Spans("service", numbers.SelectMany(number => SampleTelemetry.Trace((ulong)number, 10, SampleTelemetry.Now))), cancellationToken);
        }

        await dashboard.SendAsync(SampleTelemetry.Spans("service", SampleTelemetry.Trace(Traces, Spans, SampleTelemetry.Now)), cancellationToken);
    }

    private static async Task<IReadOnlyList<Row>> MeasureAsync(RunningDashboard dashboard)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        // The pages' own policy forbids the functions that watch for their rows.
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { BypassCSP = true });
        await page.GotoAsync(dashboard.LoginUrl.ToString());
        var list = new Uri(dashboard.LoginUrl, "/traces").ToString();
        var trace = new Uri(dashboard.LoginUrl, $"/traces/detail/{LongTrace}").ToString();
        return
        [
            await TimeAsync("host.pages/traces-by-address", () => page.GotoAsync("about:blank"), () => page.GotoAsync(list, new() { WaitUntil = WaitUntilState.Commit }), "tr.row"),
            await TimeAsync("host.pages/traces-by-click", () => page.GetByText("Metrics").ClickAsync(), () => page.GetByText("Traces").First.ClickAsync(), "tr.row"),
            await TimeAsync("host.pages/trace-by-address", () => page.GotoAsync("about:blank"), () => page.GotoAsync(trace, new() { WaitUntil = WaitUntilState.Commit }), ".span-bar"),
            await TimeAsync("host.pages/trace-by-click", async () =>
            {
                await page.GotoAsync($"{list}?text={LongTrace}");
                await page.WaitForFunctionAsync("document.querySelectorAll('tr.row').length == 1");
            }, () => page.Locator("a.row-name").ClickAsync(), ".span-bar"),
        ];

        async Task<Row> TimeAsync(string name, Func<Task> prepare, Func<Task> open, string row)
        {
            List<double> milliseconds = [];
            for (var i = 0; i <= Repeats; i++)
            {
                await prepare();
                await page.WaitForFunctionAsync($"document.querySelectorAll('{row}').length == 0");
                var started = Stopwatch.GetTimestamp();
                await open();
                await page.WaitForFunctionAsync($"document.querySelectorAll('{row}').length >= 15");
                if (i > 0)
                    milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            return Row.LessIsBetter(name, Measurement.Median(milliseconds), "ms", Repeats);
        }
    }
}
