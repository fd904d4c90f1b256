using System.Text.RegularExpressions;
using Maskwright.Dashboard.Tests.Browser;
using Maskwright.Metrics.V1;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.MetricsCollector.Tests.Pages;

/// <summary>The list of runs over a real collector.</summary>
public sealed class RunsPageTests(Chromium chromium)
{
    private const string Hostile = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";

    [Fact]
    public async Task Runs_appear_live_and_are_filtered_sorted_grouped_and_shared_by_their_address()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        var page = open.Page;
        await open.GoAsync("/runs");
        await Expect(page.GetByTestId("empty")).ToContainTextAsync("No runs yet");

        await LogAsync(open.Host, "alpha", network: "resnet", epochs: 10, miou: [0.3, 0.6, 0.5]);
        await LogAsync(open.Host, "beta", network: "mobilenet", epochs: 20, miou: [0.2, 0.9]);
        await LogAsync(open.Host, "gamma", network: "mobilenet", epochs: 30, miou: [0.1]);
        var rows = page.GetByTestId("runs").Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(3);
        await Expect(page.GetByTestId("total")).ToHaveTextAsync("1–3 of 3 runs");
        await Expect(page.GetByTestId("run-alpha")).ToContainTextAsync("0.6");
        await Expect(page.GetByTestId("run-gamma").GetByTestId("progress")).ToContainTextAsync("epoch 1 of 30");

        // What is logged and how a run ends is seen without doing anything.
        await LogPointsAsync(open.Host, "gamma", sequence: 2, step: 2, 0.7);
        await Expect(page.GetByTestId("run-gamma")).ToContainTextAsync("0.7");
        await open.Host.Client.FinishRunAsync(new FinishRunRequest { Name = "runs/gamma", State = RunState.Failed, ErrorMessage = "out of memory" }, cancellationToken: Cancel);
        await Expect(page.GetByTestId("run-gamma")).ToContainTextAsync("failed");

        await page.GetByRole(AriaRole.Button, new() { Name = "best val/miou" }).ClickAsync();
        await Expect(rows.First).ToContainTextAsync("beta");
        await Expect(page).ToHaveURLAsync(new Regex(@"sort=max\(val%2Fmiou\)%20desc|sort=max%28val%2Fmiou%29%20desc"));

        await page.GetByTestId("query").FillAsync("options.epochs >= 20");
        await Expect(rows).ToHaveCountAsync(2);
        var shared = new Uri(page.Url).PathAndQuery;
        await open.GoAsync(shared);
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(page.GetByTestId("query")).ToHaveValueAsync("options.epochs >= 20");
        await Expect(rows.First).ToContainTextAsync("beta");

        await page.GetByTestId("query").FillAsync("options.epochs >=");
        await Expect(page.GetByTestId("failure")).ToContainTextAsync("a value is expected");
        await page.GetByTestId("query").FillAsync("nothing like it");
        await Expect(page.GetByTestId("empty")).ToContainTextAsync("No run passes");
        await page.GetByTestId("query").FillAsync("ALPH");
        await Expect(rows).ToHaveCountAsync(1);

        await open.GoAsync("/runs?group=options.network");
        var groups = page.GetByTestId("groups").Locator("tbody tr");
        await Expect(groups).ToHaveCountAsync(2);
        await Expect(groups.First).ToContainTextAsync("mobilenet");
        await groups.First.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(page).ToHaveURLAsync(new Regex("q=options.network"));
        await open.GoAsync("/runs?group=state");
        await Expect(groups).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Columns_are_chosen_and_runs_are_selected_tagged_compared_and_deleted()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        var page = open.Page;
        await LogAsync(open.Host, "alpha", network: "resnet", epochs: 10, miou: [0.3]);
        await LogAsync(open.Host, "beta", network: "mobilenet", epochs: 20, miou: [0.2]);
        await open.Host.Client.FinishRunAsync(new FinishRunRequest { Name = "runs/alpha", State = RunState.Succeeded }, cancellationToken: Cancel);
        await open.GoAsync("/runs?column=options.epochs");
        await Expect(page.GetByTestId("run-alpha").Locator("td")).ToHaveTextAsync(["", "alpha", "10", ""]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Columns" }).ClickAsync();
        await page.GetByLabel("Find a column").FillAsync("miou");
        await page.GetByText("last val/miou").ClickAsync();
        await Expect(page.GetByTestId("run-alpha").Locator("td")).ToHaveTextAsync(["", "alpha", "10", "0.3", ""]);
        await page.Keyboard.PressAsync("Escape");
        await open.GoAsync("/runs");

        await page.GetByLabel("Select alpha").CheckAsync();
        await Expect(page.GetByTestId("compare")).ToBeDisabledAsync();
        await page.GetByTestId("tag").ClickAsync();
        await page.GetByTestId("tag-name").FillAsync("team");
        await page.GetByTestId("tag-value").FillAsync("red");
        await page.GetByTestId("confirm-tags").ClickAsync();
        await Expect(page.GetByTestId("run-alpha")).ToContainTextAsync("team: red");

        // Quicker than the address can follow.
        await page.GetByLabel("Select alpha").UncheckAsync();
        await page.EvaluateAsync("() => document.querySelectorAll('[data-testid=runs] tbody input').forEach(box => box.click())");
        await Expect(page).ToHaveURLAsync(new Regex("select=beta&select=alpha"));
        await Expect(page.GetByTestId("compare")).ToHaveAttributeAsync("href", "/compare?run=beta&run=alpha");
        await page.GetByTestId("delete-selected").ClickAsync();
        await Expect(page.Locator(".mud-snackbar")).ToContainTextAsync("still running");

        await page.GetByTestId("run-alpha").GetByTestId("delete").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep" }).ClickAsync();
        await Expect(page.GetByTestId("run-alpha")).ToBeVisibleAsync();
        await page.GetByTestId("run-alpha").GetByTestId("delete").ClickAsync();
        await page.GetByTestId("confirm-delete").ClickAsync();
        await Expect(page.GetByTestId("run-alpha")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("selection")).ToContainTextAsync("1 selected");
    }

    [Fact]
    public async Task What_runs_are_called_and_say_is_text()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        var page = open.Page;
        await open.Host.Client.CreateRunAsync(
            new CreateRunRequest
            {
                RunId = "hostile",
                Run = new Run
                {
                    DisplayName = Hostile,
                    Note = Hostile,
                    Options = { ["network"] = Hostile, [Hostile] = Hostile },
                    Tags = { [Hostile] = Hostile },
                    Lineage = { ["dataset"] = "javascript:alert(1)" },
                },
            },
            cancellationToken: Cancel);
        await open.GoAsync("/runs?column=options.network&column=tags&column=note&column=lineage.dataset&column=" + Uri.EscapeDataString("options." + Hostile));
        var row = page.GetByTestId("run-hostile");
        await Expect(row.Locator(".row-name")).ToHaveTextAsync(Hostile);
        await Expect(row.Locator(".tag")).ToHaveTextAsync($"{Hostile}: {Hostile}");
        await Expect(row.GetByRole(AriaRole.Link)).ToHaveCountAsync(1);
        (await row.Locator("img").CountAsync()).ShouldBe(0);
        await open.GoAsync("/runs?group=options.network");
        await Expect(page.GetByTestId("groups").Locator("tbody a")).ToHaveTextAsync(Hostile);
        await page.GetByTestId("groups").Locator("tbody a").ClickAsync();
        await Expect(row.Locator(".row-name")).ToHaveTextAsync(Hostile);
        await Expect(page).ToHaveTitleAsync("Runs · Maskwright");
    }

    [Fact]
    public async Task Many_runs_come_a_page_at_a_time()
    {
        await using var open = await OpenCollector.StartAsync(chromium, width: 390, height: 844);
        var page = open.Page;
        for (var i = 0; i < 120; i++)
            await open.Host.Client.CreateRunAsync(new CreateRunRequest { RunId = $"run-{i:000}", Run = new Run() }, cancellationToken: Cancel);
        await open.GoAsync("/runs?sort=id");
        var rows = page.GetByTestId("runs").Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(50);
        await page.GetByTestId("next-page").ClickAsync();
        await Expect(page.GetByTestId("total")).ToHaveTextAsync("51–100 of 120 runs");
        await Expect(rows.First).ToContainTextAsync("run-050");
        await page.GetByTestId("next-page").ClickAsync();
        await Expect(rows).ToHaveCountAsync(20);
        await page.GoBackAsync();
        await Expect(rows.First).ToContainTextAsync("run-050");
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390);
    }

    [Fact]
    public async Task Without_a_trainer_starting_a_run_says_what_is_missing()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        await open.GoAsync("/runs");
        await open.Page.GetByTestId("start").ClickAsync();
        await Expect(open.Page.GetByTestId("start-unreachable")).ToContainTextAsync("cannot be reached");
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Leave" }).ClickAsync();
        await Expect(open.Page.GetByTestId("start-unreachable")).ToHaveCountAsync(0);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal static async Task LogAsync(CollectorHost host, string id, string network, int epochs, double[] miou)
    {
        await host.Client.CreateRunAsync(
            new CreateRunRequest { RunId = id, Run = new Run { Options = { ["network"] = network, ["epochs"] = $"{epochs}" } } }, cancellationToken: Cancel);
        await LogPointsAsync(host, id, sequence: 1, step: 1, miou);
    }

    internal static async Task LogPointsAsync(CollectorHost host, string id, long sequence, long step, params double[] values)
    {
        using var call = host.Client.LogMetrics(cancellationToken: Cancel);
        await call.RequestStream.WriteAsync(
            new LogMetricsRequest
            {
                Run = $"runs/{id}",
                ClientId = "test",
                Sequence = sequence,
                Points = { values.Select((value, i) => new Point { Metric = "val/miou", Step = step + i, Epoch = (int)step + i, Value = value }) },
            },
            Cancel);
        await call.RequestStream.CompleteAsync();
        await call;
    }
}
