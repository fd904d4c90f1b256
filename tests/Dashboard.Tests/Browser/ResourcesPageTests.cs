using System.Text.RegularExpressions;
using Maskwright.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.Dashboard.Tests.Browser;

public sealed class ResourcesPageTests(Chromium chromium)
{
    [Fact]
    public async Task The_table_follows_and_details_show_all_with_secrets_masked_until_revealed()
    {
        await using var open = await OpenDashboard.StartAsync(chromium);
        var page = open.Page;
        var table = page.GetByTestId("resources");
        await Expect(table).ToContainTextAsync("trainer");
        await Expect(table.Locator("tbody tr").First.GetByRole(AriaRole.Link, new() { Name = "http" })).ToHaveAttributeAsync("href", "http://127.0.0.1:5000");
        open.Sample.Resources.Update("trainer", old => old with { State = ResourceState.Failed, ExitCode = 134, Reason = "It ended with exit code 134.", LastLines = ["\u001b[31mboom\u001b[0m"], Restarts = 2 });
        await Expect(table).ToContainTextAsync("Failed (134)");

        await table.GetByRole(AriaRole.Button, new() { Name = "trainer", Exact = true }).ClickAsync();
        var details = page.GetByTestId("details");
        await Expect(details).ToContainTextAsync("It ended with exit code 134.");
        await Expect(details.Locator("pre .ansi-1")).ToHaveTextAsync("boom");
        await Expect(page).ToHaveURLAsync(new Regex(@"\?resource=trainer$"));
        await Expect(details.GetByTestId("variable-PLAIN")).ToHaveTextAsync("visible");
        await Expect(details.GetByTestId("variable-PASSWORD")).ToHaveTextAsync("••••••••");
        (await page.ContentAsync()).ShouldNotContain("hunter2");
        await details.GetByTestId("reveal-PASSWORD").ClickAsync();
        await Expect(details.GetByTestId("variable-PASSWORD")).ToHaveTextAsync("hunter2-hunter2");

        await page.ReloadAsync();
        await Expect(page.GetByTestId("details")).ToContainTextAsync("Refers to");
        await page.GetByTestId("close-details").ClickAsync();
        await Expect(page.GetByTestId("details")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Commands_are_asked_confirmed_carried_out_and_their_result_is_shown()
    {
        await using var open = await OpenDashboard.StartAsync(chromium);
        var page = open.Page;
        await page.Locator("tr", new() { HasText = "storage" }).GetByTestId("command-restart").ClickAsync();
        await Expect(page.Locator(".mud-snackbar")).ToContainTextAsync("storage: restart of storage is done.");
        open.Sample.Answer = (_, _) => new CommandResult(false, "The cache is in use.");
        await page.GetByLabel("More for storage").ClickAsync();
        await page.GetByTestId("command-empty").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Really empty it?");
        await page.GetByRole(AriaRole.Dialog).GetByText("Empty the cache", new() { Exact = true }).ClickAsync();
        await Expect(page.Locator(".mud-snackbar.mud-alert-filled-error")).ToContainTextAsync("storage: The cache is in use.");
        open.Sample.Executed.ShouldBe([("storage", "restart"), ("storage", "empty")]);
    }

    [Fact]
    public async Task The_graph_shows_who_refers_to_whom_and_opens_details()
    {
        await using var open = await OpenDashboard.StartAsync(chromium);
        var page = open.Page;
        await page.GetByTestId("view").GetByText("Graph").ClickAsync();
        await Expect(page.Locator(".graph-edge")).ToHaveCountAsync(2);
        await page.GetByTestId("node-metrics").ClickAsync();
        await Expect(page.GetByTestId("details")).ToContainTextAsync("metrics.csproj");
        await Expect(page).ToHaveURLAsync(new Regex(@"view=graph&resource=metrics|resource=metrics&view=graph"));
    }

    [Fact]
    public async Task Dark_and_light_are_remembered()
    {
        await using var open = await OpenDashboard.StartAsync(chromium);
        var page = open.Page;
        var background = () => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        await Expect(page.GetByTestId("theme")).ToHaveAttributeAsync("aria-label", "Switch to dark");
        var light = await background();
        await page.GetByTestId("theme").ClickAsync();
        await Expect(page.GetByTestId("theme")).ToHaveAttributeAsync("aria-label", "Switch to light");
        (await background()).ShouldNotBe(light);
        await page.ReloadAsync();
        await Expect(page.GetByTestId("theme")).ToHaveAttributeAsync("aria-label", "Switch to light");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/?view=graph&resource=trainer")]
    [InlineData("/consolelogs/resource/storage")]
    [InlineData("/structuredlogs")]
    [InlineData("/traces")]
    [InlineData("/metrics")]
    public async Task Pages_fit_a_phone(string path)
    {
        await using var open = await OpenDashboard.StartAsync(chromium, width: 390);
        await open.GoAsync(path);
        await Expect(open.Page.Locator(".page-title, .details-title").First).ToBeVisibleAsync();
        (await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390);
    }

    [Fact]
    public async Task A_page_that_is_not_there_says_so()
    {
        await using var open = await OpenDashboard.StartAsync(chromium);
        await open.GoAsync("/consolelogs/resource/nobody");
        await Expect(open.Page.GetByTestId("empty")).ToContainTextAsync("There is no console log of 'nobody'");
        await open.GoAsync("/traces/detail/00000000000000000000000000000001");
        await Expect(open.Page.GetByTestId("empty")).ToContainTextAsync("This trace is not here");
        await open.GoAsync("/metrics/resource/nobody");
        await Expect(open.Page.GetByTestId("empty")).ToContainTextAsync("No metrics of 'nobody' yet");
    }
}
