using System.Text.RegularExpressions;
using Maskwright.Dashboard.Tests.Browser;
using Maskwright.Imaging;
using Maskwright.Metrics.V1;
using Maskwright.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.MetricsCollector.Tests.Pages;

/// <summary>The comparison of runs over a real collector and real storage.</summary>
public sealed class ComparePageTests(Chromium chromium, StoreServer server) : IClassFixture<StoreServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_are_laid_over_each_other_and_their_differences_told()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        var page = open.Page;
        await RunsPageTests.LogAsync(open.Host, "alpha", network: "<b>resnet</b>", epochs: 10, miou: [0.3, 0.6, 0.5]);
        await RunsPageTests.LogAsync(open.Host, "beta", network: "mobilenet", epochs: 20, miou: [0.2, 0.9]);
        await open.GoAsync("/compare");
        await Expect(page.GetByTestId("empty")).ToContainTextAsync("No runs are chosen");

        await open.GoAsync("/compare?run=alpha&run=beta&run=none");
        await Expect(page.GetByTestId("compared")).ToContainTextAsync("There is no run 'none'");
        await page.GetByRole(AriaRole.Button, new() { Name = "Leave none out" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"\?run=alpha&run=beta$"));
        var curve = page.GetByTestId("curve");
        await Expect(curve).ToHaveCountAsync(1);
        await Expect(curve.Locator(".scatterlayer .trace path.js-line")).ToHaveCountAsync(2);

        // A run that is logged now is found and drawn now.
        await RunsPageTests.LogAsync(open.Host, "gamma", network: "mobilenet", epochs: 30, miou: [0.4, 0.5]);
        await page.GetByLabel("Add a run").FillAsync("gamma");
        await page.Locator(".mud-list-item").GetByText("gamma").ClickAsync();
        await Expect(curve.Locator(".scatterlayer .trace path.js-line")).ToHaveCountAsync(3);

        await page.GetByTestId("tab-options").ClickAsync();
        var options = page.GetByTestId("options").Locator("tbody tr");
        await Expect(options).ToHaveCountAsync(2);
        await Expect(options.Filter(new() { HasText = "network" }).Locator("td").First).ToHaveTextAsync("<b>resnet</b>");
        await Expect(page.GetByTestId("metrics-table").Locator("td.best")).ToContainTextAsync("0.9");

        await page.GetByTestId("tab-scatter").ClickAsync();
        await Expect(page.GetByTestId("scatter").Locator(".scatterlayer .point")).ToHaveCountAsync(3);
        await Expect(page.GetByTestId("parallel").Locator("a.parallel-line")).ToHaveCountAsync(3);
        await open.GoAsync("/compare?run=alpha&run=beta&tab=scatter&option=network");
        await Expect(page.GetByTestId("scatter").Locator(".xtick text").First).ToHaveTextAsync("<b>resnet</b>");
        await page.GetByTestId("parallel").Locator("a.parallel-line").First.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("/runs/alpha$"));
    }

    [Fact]
    public async Task The_list_of_runs_to_add_keeps_what_is_in_it_while_one_types()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        var page = open.Page;
        foreach (var id in (string[])["alpha", "beta", "gamma"])
            await RunsPageTests.LogAsync(open.Host, id, network: "mobilenet", epochs: 10, miou: [0.4, 0.5]);
        await open.GoAsync("/compare?run=alpha");
        var finder = page.GetByLabel("Add a run");
        var items = page.Locator(".mud-list-item");
        await finder.ClickAsync();
        await Expect(items).ToHaveCountAsync(2);

        // A click that has begun on an item ends on the same one.
        var gamma = await items.Filter(new() { HasText = "gamma" }).ElementHandleAsync();
        await finder.FillAsync("gamma");
        await Expect(items).ToHaveCountAsync(1);
        (await gamma.EvaluateAsync<bool>("item => item.isConnected")).ShouldBeTrue();
        await gamma.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"\?run=alpha&run=gamma$"));
        await Expect(finder).ToHaveValueAsync("");
    }

    [Fact]
    public async Task What_is_logged_while_the_browser_draws_is_drawn_after_it()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        var page = open.Page;
        var held = new TaskCompletionSource();
        var released = new TaskCompletionSource();
        await page.RouteAsync("**/held", async route =>
        {
            held.TrySetResult();
            await released.Task;
            await route.FulfillAsync(new() { Status = 200 });
        });
        await RunsPageTests.LogAsync(open.Host, "alpha", network: "mobilenet", epochs: 10, miou: [0.1]);
        await open.GoAsync("/compare?run=alpha");
        const string Drawn = "() => document.querySelector('.js-plotly-plot')?.data?.[0]?.y?.at(-1)";
        await page.WaitForFunctionAsync($"{Drawn} === 0.1");
        await page.EvaluateAsync(
            """
            () => {
                const react = Plotly.react;
                Plotly.react = (...what) => {
                    Plotly.react = react;
                    const request = new XMLHttpRequest();
                    request.open('GET', '/held', false);
                    request.send();
                    return react(...what);
                };
            }
            """);

        // The first point is being drawn when the second is shown to everybody else.
        await RunsPageTests.LogPointsAsync(open.Host, "alpha", sequence: 2, step: 2, 0.2);
        await held.Task.WaitAsync(TimeSpan.FromSeconds(15), Cancel);
        await RunsPageTests.LogPointsAsync(open.Host, "alpha", sequence: 3, step: 3, 0.3);
        var other = await chromium.OpenAsync();
        await other.GotoAsync(page.Url);
        await other.WaitForFunctionAsync($"{Drawn} === 0.3");
        await RunsPageTests.LogPointsAsync(open.Host, "alpha", sequence: 4, step: 4, 0.4);
        await other.WaitForFunctionAsync($"{Drawn} === 0.4");
        await other.Context.CloseAsync();
        released.SetResult();
        await page.WaitForFunctionAsync($"{Drawn} === 0.4");
    }

    [Fact]
    public async Task Predictions_of_one_image_stand_side_by_side_and_classes_are_hidden()
    {
        await using var open = await OpenCollector.StartAsync(chromium, await MediaTests.StartAsync(server), hostIsStarted: true);
        using var storage = await server.OpenAsync();
        var page = open.Page;
        await storage.PutAsync("p/i.png", ImageCodec.EncodePng(new RgbImage(2, 1, new byte[6])), "image/png", Cancel);
        foreach (var (run, left) in (IEnumerable<(string, byte)>)[("one", 1), ("two", 2)])
        {
            await storage.PutAsync($"p/{run}.png", PalettePng.Encode(new IndexMask(2, 1, [left, 255]), Palette.Default), "image/png", Cancel);
            await open.Host.Client.CreateRunAsync(
                new CreateRunRequest { RunId = run, Run = new Run { Lineage = { ["classes"] = "background, person, <i>car</i>" } } }, cancellationToken: Cancel);
            await open.Host.Client.LogImagesAsync(
                new LogImagesRequest
                {
                    Run = $"runs/{run}",
                    ClientId = "test",
                    Sequence = 1,
                    Images =
                    {
                        new ImageReference { Step = 1, SampleKey = "a", ImageKey = "p/i.png", TruthKey = "p/one.png", PredictionKey = "p/gone.png" },
                        new ImageReference { Step = 2, SampleKey = "a", ImageKey = "p/i.png", TruthKey = "p/one.png", PredictionKey = $"p/{run}.png" },
                    },
                },
                cancellationToken: Cancel);
        }

        await open.GoAsync("/compare?run=one&run=two&tab=pictures");
        var predictions = page.GetByTestId("prediction");
        await Expect(predictions).ToHaveCountAsync(2);
        await Expect(predictions.First).ToHaveAttributeAsync("data-state", "drawn");
        await Expect(predictions.Last).ToHaveAttributeAsync("data-state", "drawn");
        (await ColourAsync(predictions.First, 0)).ShouldBe([230, 159, 0, 255]);
        (await ColourAsync(predictions.Last, 0)).ShouldBe([86, 180, 233, 255]);
        (await ColourAsync(predictions.Last, 1)).ShouldBe([0, 0, 0, 0]);
        await page.GetByTestId("legend").GetByText("<i>car</i>").ClickAsync();
        await Expect(predictions.Last).ToHaveAttributeAsync("hidden-classes", "0,2,255");
        await Expect(page).ToHaveURLAsync(new Regex("hide=0%2C2|hide=0,2"));
        await page.WaitForFunctionAsync("() => document.querySelectorAll('[data-testid=prediction]')[1].shadowRoot.querySelector('canvas').getContext('2d').getImageData(0, 0, 1, 1).data[3] === 0");

        // The collector says why a picture cannot be shown; the browser complains of that in its own way.
        open.AllowComplaints("404");
        await open.GoAsync("/compare?run=one&run=two&tab=pictures&step=1");
        await Expect(predictions.First).ToHaveAttributeAsync("data-state", "missing");
    }

    private static async Task<int[]> ColourAsync(ILocator image, int x) =>
        await image.EvaluateAsync<int[]>("(element, x) => [...element.shadowRoot.querySelector('canvas').getContext('2d').getImageData(x, 0, 1, 1).data]", x);
}
