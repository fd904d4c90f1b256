using Maskwright.Dashboard.Tests.Browser;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.MetricsCollector.Tests.Pages.RunPages;

/// <summary>A run's charts in a browser, of a real collector.</summary>
public sealed class ChartsTests(Chromium chromium)
{
    [Fact]
    public async Task A_point_that_is_logged_appears_by_itself()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        var run = await LoggedRun.StartAsync(open.Host, "live");
        await open.GoAsync("/runs/live");
        await Expect(open.Page.GetByTestId("empty")).ToContainTextAsync("no points yet");

        await run.LogAsync("train/loss", 1, 0.5, 0.25);
        var value = open.Page.GetByTestId("chart-loss").Locator(".chart-legend b");
        await Expect(value).ToHaveTextAsync("0.25");
        await run.LogAsync("train/loss", 3, 0.125);
        await Expect(value).ToHaveTextAsync("0.125");
        await run.LogAsync("val/loss", 3, 0.75);
        await Expect(value).ToHaveTextAsync(["0.125", "0.75"]);
    }
}
