using System.Diagnostics;
using Microsoft.Playwright;

namespace Maskwright.Benchmarks.Metrics;

/// <summary>
/// The page of 10,000 runs in headless Chromium: from asking for its address until its rows are drawn, and from a click on the
/// head of a column, or the next page, until other rows are.
/// </summary>
internal static class RunsPageBenchmark
{
    private const int Repeats = 9;

    private const string AreRowsDrawn = "first => { const row = document.querySelector('[data-testid=runs] tbody tr'); return row !== null && row.dataset.testid !== first; }";

    public static Benchmark Benchmark { get; } = new(
        "collector.runs-page", $"the page of {RunsBenchmark.Runs:N0} runs in headless Chromium: first rows, another order, the next page", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using var headless = await HeadlessChromium.StartAsync("collector.runs-page");
        if (headless is null)
            return [];
        // Only reading is measured; ten thousand runs are registered sooner where nothing is written to a disk.
        using var folder = new CollectorFolder(Directory.Exists("/dev/shm") ? "/dev/shm" : null);
        await RunsBenchmark.FillAsync(folder, cancellationToken);
        await using var collector = await folder.StartAsync();
        var address = new Uri(collector.Pages, "/runs?column=state&column=options.option_3&column=max(val/metric_3)&column=duration").ToString();
        var fresh = await MedianAsync(async () =>
        {
            var page = await HeadlessChromium.OpenAsync(headless.Browser, 800);
            var milliseconds = await OpenAsync(page, address);
            await page.Context.CloseAsync();
            return milliseconds;
        });
        var page = await HeadlessChromium.OpenAsync(headless.Browser, 800);
        var kept = await MedianAsync(() => OpenAsync(page, address));
        var sorted = await MedianAsync(() => ClickAsync(page, "best val/metric_3"));
        var next = await MedianAsync(() => ClickAsync(page, "Next page"));
        await page.Context.CloseAsync();
        return
        [
            Row.LessIsBetter("collector.runs-page/first-rows (nothing kept)", fresh, "ms", Repeats),
            Row.LessIsBetter("collector.runs-page/first-rows (scripts kept)", kept, "ms", Repeats),
            Row.LessIsBetter("collector.runs-page/sorted by a metric", sorted, "ms", Repeats),
            Row.LessIsBetter("collector.runs-page/next page", next, "ms", Repeats),
        ];
    }

    private static async Task<double> OpenAsync(IPage page, string address)
    {
        await page.GotoAsync("about:blank");
        return await TimeAsync(page, null, () => page.GotoAsync(address, new() { WaitUntil = WaitUntilState.Commit }));
    }

    private static async Task<double> ClickAsync(IPage page, string button)
    {
        var first = await page.GetByTestId("runs").Locator("tbody tr").First.GetAttributeAsync("data-testid");
        return await TimeAsync(page, first, () => page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync());
    }

    private static async Task<double> TimeAsync(IPage page, string? first, Func<Task> act)
    {
        var started = Stopwatch.GetTimestamp();
        await act();
        await page.WaitForFunctionAsync(AreRowsDrawn, first);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>The median, without the first, which is for warming up.</summary>
    private static async Task<double> MedianAsync(Func<Task<double>> measure)
    {
        List<double> milliseconds = [];
        for (var i = 0; i <= Repeats; i++)
            milliseconds.Add(await measure());
        return Measurement.Median(milliseconds.Skip(1));
    }
}
