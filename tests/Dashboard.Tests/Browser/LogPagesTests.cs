using System.Text.RegularExpressions;
using Maskwright.Dashboard.Otlp.Wire;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.Dashboard.Tests.Browser;

public sealed class LogPagesTests(Chromium chromium)
{
    /// <summary>Would set a variable of the page if anything took it for HTML or script.</summary>
    private const string Attack = "<img src=x onerror=\"window.broken=1\"><script>window.broken=1</script>";

    [Fact]
    public async Task The_console_is_live_coloured_filtered_paused_cleared_and_downloaded()
    {
        await using var open = await OpenDashboard.StartAsync(chromium);
        var page = open.Page;
        await open.GoAsync("/consolelogs");
        await Expect(page).ToHaveURLAsync(new Regex("/consolelogs/resource/storage$"));
        var console = page.GetByTestId("console");
        await Expect(console).ToContainTextAsync("Nothing has been written yet.");
        open.Console.Add("plain \u001b[32mgreen\u001b[0m", false);
        open.Console.Add("went wrong", true);
        await Expect(console.Locator(".ansi-2")).ToHaveTextAsync("green");
        await Expect(console.Locator(".console-error")).ToContainTextAsync("went wrong");

        await page.GetByTestId("filter").FillAsync("WRONG");
        await Expect(console.Locator(".console-line")).ToHaveCountAsync(1);
        await page.GetByTestId("filter").FillAsync("");
        await Expect(console.Locator(".console-line")).ToHaveCountAsync(2);

        await page.GetByTestId("pause").ClickAsync();
        await Expect(page.GetByTestId("paused")).ToBeVisibleAsync();
        open.Console.Add("while paused", false);
        await page.GetByTestId("filter").FillAsync("e");
        await Expect(page.GetByTestId("kept")).ToContainTextAsync("2 of 2 lines");
        await page.GetByTestId("pause").ClickAsync();
        await Expect(console).ToContainTextAsync("while paused");

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("export").ClickAsync());
        download.SuggestedFilename.ShouldBe("storage.log");
        (await File.ReadAllTextAsync((await download.PathAsync())!, TestContext.Current.CancellationToken)).ShouldContain(" plain green\n");

        await page.GetByTestId("clear").ClickAsync();
        await Expect(console.Locator(".console-line")).ToHaveCountAsync(0);
        open.Console.Add("after that", false);
        await Expect(console).ToContainTextAsync("after that");
    }

    [Fact]
    public async Task A_long_console_stays_at_its_end_and_hostile_lines_are_text()
    {
        await using var open = await OpenDashboard.StartAsync(chromium);
        var page = open.Page;
        for (var i = 0; i < 9_000; i++)
            open.Console.Add($"line {i}", false);
        open.Console.Add(Attack, false);
        open.Console.Add(new string('x', 16_000) + "\u202E reversed", false);
        await open.GoAsync("/consolelogs/resource/storage");
        var console = page.GetByTestId("console");
        await Expect(console).ToContainTextAsync(Attack);
        (await console.Locator(".console-line").CountAsync()).ShouldBeLessThan(200);
        await page.GetByTestId("wrap").ClickAsync();
        await Expect(console.Locator(".console-line")).ToHaveCountAsync(2_000);
        (await page.EvaluateAsync<int?>("window.broken ?? null")).ShouldBeNull();
    }

    [Fact]
    public async Task Structured_logs_are_filtered_by_level_text_and_attribute_and_exported()
    {
        await using var open = await OpenDashboard.StartAsync(chromium);
        var page = open.Page;
        await open.GoAsync("/structuredlogs");
        await Expect(page.GetByTestId("empty")).ToContainTextAsync("No log records yet");
        await open.Sample.SendAsync(SampleTelemetry.Logs("trainer",
        [
            .. Enumerable.Range(1, 20).Select(i => SampleTelemetry.Log($"epoch {i} has ended", SeverityNumber.Info, 0, 0, SampleTelemetry.Attribute("epoch", $"{i}"))),
            SampleTelemetry.Log("careful", SeverityNumber.Warn),
            SampleTelemetry.Log(Attack, SeverityNumber.Error, 0, 0, SampleTelemetry.Attribute("exception.stacktrace", "at Trainer.Step()\nat Trainer.Run()")),
        ]));
        var rows = page.GetByTestId("logs").Locator("tbody tr.row");
        await Expect(rows.First).ToContainTextAsync(Attack);
        await Expect(page.GetByTestId("kept")).ToContainTextAsync("22 of 22 log records");

        await open.GoAsync("/structuredlogs?level=Warning");
        await Expect(rows).ToHaveCountAsync(2);
        await rows.First.ClickAsync();
        await Expect(page.GetByTestId("details")).ToContainTextAsync("at Trainer.Run()");
        (await page.EvaluateAsync<int?>("window.broken ?? null")).ShouldBeNull();

        await open.GoAsync("/structuredlogs/resource/trainer");
        await page.GetByTestId("conditions").GetByRole(AriaRole.Button).ClickAsync();
        await page.GetByTestId("condition-key").FillAsync("epoch");
        await page.GetByTestId("condition-value").FillAsync("7");
        await page.GetByTestId("condition-add").ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(page).ToHaveURLAsync(new Regex(@"where=epoch%20%3D%207"));
        await open.GoAsync("/structuredlogs?text=careful");
        await Expect(rows).ToHaveCountAsync(1);

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("export").ClickAsync());
        download.SuggestedFilename.ShouldBe("logs.json");
        await page.GetByTestId("clear").ClickAsync();
        await Expect(page.GetByTestId("empty")).ToContainTextAsync("No log records yet");
    }

    [Fact]
    public async Task Paused_logs_stand_still_and_lose_nothing()
    {
        await using var open = await OpenDashboard.StartAsync(chromium);
        var page = open.Page;
        await open.Sample.SendAsync(SampleTelemetry.Logs("trainer", [SampleTelemetry.Log("first")]));
        await open.GoAsync("/structuredlogs");
        var kept = page.GetByTestId("kept");
        await Expect(kept).ToContainTextAsync("1 of 1 log records");
        await page.GetByTestId("pause").ClickAsync();
        await Expect(page.GetByTestId("paused")).ToBeVisibleAsync();
        await open.Sample.SendAsync(SampleTelemetry.Logs("trainer", [SampleTelemetry.Log("second")]));
        // Another page of the same dashboard sees it, so the store has it.
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync(new Uri(open.Sample.Url, "/structuredlogs").ToString());
        await Expect(other.GetByTestId("kept")).ToContainTextAsync("2 of 2 log records");
        await Expect(kept).ToContainTextAsync("1 of 1 log records");
        await page.GetByTestId("pause").ClickAsync();
        await Expect(kept).ToContainTextAsync("2 of 2 log records");
    }
}
