using System.Text.RegularExpressions;
using Maskwright.Dashboard.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.MetricsCollector.Tests.Pages.RunPages;

/// <summary>A run's charts in a browser, of a real collector.</summary>
public sealed class ChartsTests(Chromium chromium)
{
    [Fact]
    public async Task Points_that_are_logged_appear_by_themselves_those_of_new_metrics_too()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        await open.GoAsync("/runs/live");
        await Expect(open.Page.GetByTestId("empty")).ToContainTextAsync("There is no run 'live'");
        var run = await LoggedRun.StartAsync(open.Host, "live");
        await Expect(open.Page.GetByTestId("empty")).ToContainTextAsync("no points yet");

        await run.LogAsync("train/loss", 1, 0.5, 0.25);
        var values = Values(open.Page, "loss");
        await Expect(values).ToHaveTextAsync("0.25");
        await run.LogAsync("train/loss", 3, 0.125);
        await Expect(values).ToHaveTextAsync("0.125");
        await run.LogAsync("val/loss", 3, 0.75);
        await Expect(values).ToHaveTextAsync(["0.125", "0.75"]);
        // A later word on a step that is drawn takes its place.
        await run.LogAsync("train/loss", 3, 0.0625);
        await Expect(values).ToHaveTextAsync(["0.0625", "0.75"]);
    }

    [Fact]
    public async Task Charts_stand_by_subject_and_one_cursor_goes_through_all_of_them()
    {
        await using var open = await OpenCollector.StartAsync(chromium, height: 1_600);
        var run = await LoggedRun.StartAsync(open.Host, "all");
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            await run.LogAsync(
            [
                LoggedRun.Point("train/loss", epoch, 1.0 / epoch, epoch, second: 100 * epoch), LoggedRun.Point("val/iou/person", epoch, 0.1 * epoch, epoch, second: 100 * epoch),
                LoggedRun.Point("val/iou/car", epoch, 0.2 * epoch, epoch, second: 100 * epoch),
                .. Enumerable.Range(1, 100).Select(i => (100 * (epoch - 1)) + i).Select(step => LoggedRun.Point("step/learning_rate", step, step, epoch, second: step)),
                LoggedRun.Point("process/memory_bytes", 100 * epoch, epoch * 1024.0 * 1024, epoch, second: 100 * epoch),
                LoggedRun.Point("confusion/person/car", epoch, 5, epoch, second: 100 * epoch),
            ]);
        }

        await open.GoAsync("/runs/all");
        await Expect(open.Page.Locator(".chart-group > summary")).ToHaveTextAsync(["Loss 1", "By class 1", "Optimisation 1", "System 1"]);
        await Expect(Values(open.Page, "process/memory_bytes")).ToHaveTextAsync("3 MiB");
        var byClass = open.Page.GetByTestId("chart-iou/1");
        await Expect(byClass.Locator(".chart-legend button")).ToHaveTextAsync(["car0.6", "person0.3"]);

        // By keys: from the last of three epochs to the one before.
        await byClass.FocusAsync();
        await byClass.PressAsync("ArrowLeft");
        await Expect(byClass.Locator(".chart-legend b")).ToHaveTextAsync(["0.4", "0.2"]);
        await Expect(Values(open.Page, "loss")).ToHaveTextAsync("0.5");
        await Expect(open.Page.GetByTestId("place")).ToHaveTextAsync("epoch 2");
        // What counts steps stands at the same moment.
        await Expect(Values(open.Page, "learning_rate, step")).ToHaveTextAsync("200");

        // By the pointer, at the very left.
        await open.Page.GetByTestId("chart-loss").Locator(".u-over").HoverAsync(new() { Position = new() { X = 1, Y = 40 } });
        await Expect(byClass.Locator(".chart-legend b")).ToHaveTextAsync(["0.2", "0.1"]);

        // A line is hidden and shown by its name.
        var car = byClass.GetByRole(AriaRole.Button, new() { Name = "car" });
        await car.ClickAsync();
        await Expect(car).ToHaveAttributeAsync("aria-pressed", "false");
    }

    [Fact]
    public async Task Zooming_asks_for_what_was_thinned_away_and_the_address_brings_the_view_back()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        var run = await LoggedRun.StartAsync(open.Host, "long");
        // Steps count up; a bucket of the whole keeps two of some twenty.
        await run.LogAsync("m", 0, Enumerable.Range(0, 20_000).Select(step => (double)step));
        await open.GoAsync("/runs/long");
        var chart = open.Page.GetByTestId("chart-m");
        await Expect(Values(open.Page, "m")).ToHaveTextAsync("19999");
        await chart.FocusAsync();
        await chart.PressAsync("Home");
        await chart.PressAsync("ArrowRight");
        await chart.PressAsync("ArrowRight");
        await Expect(Values(open.Page, "m")).ToHaveTextAsync(new Regex(@"^\d\d+$"));

        var asked = open.Page.WaitForRequestAsync(request => request.Url.EndsWith("/series", StringComparison.Ordinal) && !request.PostData!.Contains("\"from\":null", StringComparison.Ordinal));
        var box = (await chart.Locator(".u-over").BoundingBoxAsync())!;
        await DragAsync(open.Page, box.X + (box.Width / 2), box.X + (box.Width / 2) + 7, box.Y + 50);
        await asked;
        await Expect(open.Page).ToHaveURLAsync(new Regex(@"zoom=step_\d"));
        await StepsAreWholeAsync("linear, smoothed 0");

        // Somebody else opens the same address.
        await open.Page.GotoAsync(open.Page.Url + "&log=true&smooth=0.5");
        await Expect(open.Page.GetByTestId("log")).ToBeCheckedAsync();
        await Expect(open.Page.GetByTestId("smooth")).ToHaveValueAsync("0.5");
        await Expect(chart).ToHaveAttributeAsync("data-drawn", new Regex(@"^logarithmic, smoothed 0.5, \d\d\d+ points$"));
        await open.Page.GetByTestId("smooth").FillAsync("0");
        await Expect(open.Page).Not.ToHaveURLAsync(new Regex("smooth"));
        await StepsAreWholeAsync("logarithmic, smoothed 0");

        await open.Page.GetByTestId("zoom-reset").ClickAsync();
        await Expect(open.Page).Not.ToHaveURLAsync(new Regex("zoom"));
        await chart.FocusAsync();
        await chart.PressAsync("Home");
        await Expect(Values(open.Page, "m")).ToHaveTextAsync("0");

        // One step of the cursor is one step of the run.
        async Task StepsAreWholeAsync(string drawn)
        {
            // Of the whole there are some twenty points in this part.
            await Expect(chart).ToHaveAttributeAsync("data-drawn", new Regex($@"^{drawn}, \d\d\d+ points$"));
            await chart.FocusAsync();
            await chart.PressAsync("Home");
            var first = await chart.Locator(".chart-legend b").TextContentAsync();
            await chart.PressAsync("ArrowRight");
            await Expect(Values(open.Page, "m")).ToHaveTextAsync($"{int.Parse(first!, System.Globalization.CultureInfo.InvariantCulture) + 1}");
        }
    }

    [Fact]
    public async Task What_has_no_height_is_told_and_scripts_in_names_are_text()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        const string Script = "<script>document.title='gone'</script><img src=x onerror=\"document.title='gone'\">";
        var run = await LoggedRun.StartAsync(open.Host, "odd", new Metrics.V1.Run { DisplayName = Script, Note = Script, Options = { [Script] = Script }, Tags = { [Script] = Script }, Lineage = { ["dataset"] = $"datasets/{Script}" } });
        await run.LogAsync("train/loss", 1, 1, double.NaN);
        await run.LogAsync("val/loss", 1, double.PositiveInfinity, 2);
        await open.GoAsync("/runs/odd");
        await Expect(Values(open.Page, "loss")).ToHaveTextAsync(["NaN", "2"]);
        await Expect(open.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Script);
        await Expect(open.Page.GetByTestId("note")).ToContainTextAsync(Script);
        await Expect(open.Page.GetByTestId("tags")).ToContainTextAsync(Script);
        await open.Page.GetByTestId("tab-details").ClickAsync();
        await Expect(open.Page.GetByTestId("options")).ToContainTextAsync(Script);
        (await open.Page.GetByTestId("lineage").GetByRole(AriaRole.Link).CountAsync()).ShouldBe(0);
        (await open.Page.TitleAsync()).ShouldContain("<script>");
    }

    [Fact]
    public async Task A_collector_that_goes_away_is_told_of_where_the_charts_would_be()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        var run = await LoggedRun.StartAsync(open.Host, "away");
        await run.LogAsync("m", 1, 1, 2);
        await open.Page.RouteAsync("**/series", route => route.AbortAsync());
        // A window's own complaint about a request that failed is what this is about.
        open.AllowComplaints("net::ERR_FAILED");
        await open.GoAsync("/runs/away");
        var note = open.Page.GetByTestId("chart-m").GetByRole(AriaRole.Alert);
        await Expect(note).ToContainTextAsync("cannot be reached");
        await open.Page.UnrouteAsync("**/series");
        await note.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(Values(open.Page, "m")).ToHaveTextAsync("2");
    }

    private static ILocator Values(IPage page, string chart) => page.GetByTestId($"chart-{chart}").Locator(".chart-legend b");

    private static async Task DragAsync(IPage page, float from, float to, float y)
    {
        await page.Mouse.MoveAsync(from, y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(to, y, new() { Steps = 4 });
        await page.Mouse.UpAsync();
    }
}
