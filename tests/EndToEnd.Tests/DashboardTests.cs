using System.Text.RegularExpressions;
using Maskwright.Dashboard.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.EndToEnd.Tests;

/// <summary>A person clicks through the dashboard of the real application after a real pipeline.</summary>
[Collection(PipelineTests.Name)]
public sealed class DashboardTests(FinishedPipeline pipeline, Chromium chromium)
{
    private const float Patience = 60_000;

    private Uri Login => pipeline.Application.Dashboard;

    [Fact]
    public async Task Resources_show_the_services_as_they_are()
    {
        var page = await OpenAsync();
        var table = page.GetByTestId("resources");
        foreach (var name in (string[])["storage", "metrics", "datasets", "trainer", "evaluator"])
        {
            var row = table.Locator("tr", new() { Has = page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }) });
            await Expect(row.GetByTestId("status")).ToHaveTextAsync("Running");
            await Expect(row.Locator("[data-label=Memory]")).ToHaveTextAsync(new Regex(@"[1-9]\d* MB$"));
            await Expect(row.Locator("[data-label=CPU]")).ToHaveTextAsync(new Regex(@"\d %$"));
            // The collector's is that of its pages.
            var (link, path) = name == "metrics" ? ("Runs and datasets", "/runs") : ("http", "");
            await Expect(row.GetByRole(AriaRole.Link, new() { Name = link, Exact = true })).ToHaveAttributeAsync("href", pipeline.Application.Endpoints[name]["http"].ToString().TrimEnd('/') + path);
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "trainer", Exact = true }).ClickAsync();
        var details = page.GetByTestId("details");
        await Expect(details).ToContainTextAsync("/health");
        await Expect(details.GetByTestId("variable-ConnectionStrings__artifacts")).ToHaveTextAsync("••••••••");
        await Expect(details.GetByTestId("variable-OTEL_EXPORTER_OTLP_HEADERS")).ToHaveTextAsync("••••••••");
        (await page.ContentAsync()).ShouldNotContain(pipeline.Application.StorageSecret);
        await page.GetByTestId("view").GetByText("Graph").ClickAsync();
        await Expect(page.GetByTestId("node-storage")).ToBeVisibleAsync();
        (await page.Locator(".graph-edge").CountAsync()).ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public async Task A_service_is_restarted_and_serves_again()
    {
        // Of its own: other tests call the shared one meanwhile.
        await using var application = await Application.StartAsync();
        var page = await chromium.OpenAsync();
        await page.GotoAsync(application.Dashboard.ToString());
        var row = page.GetByTestId("resources").Locator("tr", new() { Has = page.GetByRole(AriaRole.Button, new() { Name = "evaluator", Exact = true }) });
        await row.GetByLabel("More for evaluator").ClickAsync();
        await page.GetByTestId("command-restart").ClickAsync();
        await Expect(page.Locator(".mud-snackbar").First).ToContainTextAsync("evaluator", new() { Timeout = Patience });
        await Expect(row.Locator("[data-label=Restarts]")).ToHaveTextAsync("1", new() { Timeout = Patience });
        await Expect(row.GetByTestId("status")).ToHaveTextAsync("Running", new() { Timeout = Patience });
        await row.GetByTestId("command-stop").ClickAsync();
        await Expect(row.GetByTestId("status")).ToHaveTextAsync(new Regex("Finished|Stopped"), new() { Timeout = Patience });
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_console_shows_what_the_services_say()
    {
        var page = await OpenAsync("/consolelogs/resource/trainer");
        await Expect(page.GetByTestId("console")).ToContainTextAsync("trainingRuns/");
    }

    [Fact]
    public async Task Structured_logs_carry_traces()
    {
        var page = await OpenAsync("/structuredlogs/resource/trainer?text=started");
        var rows = page.GetByTestId("logs").Locator("tbody tr.row");
        await rows.First.ClickAsync();
        await Expect(page.GetByTestId("details")).ToContainTextAsync("WorkQueue");
        await page.GetByTestId("to-trace").ClickAsync();
        await Expect(page.GetByTestId("waterfall")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_pipeline_is_found_among_the_traces()
    {
        var page = await OpenAsync("/traces");
        await page.GetByTestId("filter").FillAsync(pipeline.TraceId);
        var rows = page.GetByTestId("traces").Locator("tbody tr.row");
        await Expect(rows).ToHaveCountAsync(1, new() { Timeout = Patience });
        await rows.First.Locator("a.row-name").ClickAsync();

        // The list has a filter too.
        await Expect(page.GetByTestId("waterfall")).ToBeVisibleAsync();
        await page.GetByTestId("filter").FillAsync("epoch 1");
        await page.Locator(".span-title", new() { HasText = "epoch 1" }).First.ClickAsync();
        await Expect(page.GetByTestId("details")).ToContainTextAsync("trainer-worker");
    }

    [Fact]
    public async Task Metrics_of_the_services_are_drawn()
    {
        var page = await OpenAsync("/metrics/resource/trainer");
        await page.GetByTestId("instruments").GetByText("http.server.request.duration", new() { Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("chart").Locator(".legendtext")).ToHaveTextAsync(["P50", "P90", "P99"]);
        await Expect(page.GetByTestId("chart").Locator(".scatterlayer path.js-line").First).ToBeAttachedAsync();
    }

    private async Task<IPage> OpenAsync(string path = "/")
    {
        var page = await chromium.OpenAsync();
        await page.GotoAsync(Login.ToString());
        if (path != "/")
            await page.GotoAsync(new Uri(Login, path).ToString());
        return page;
    }
}
