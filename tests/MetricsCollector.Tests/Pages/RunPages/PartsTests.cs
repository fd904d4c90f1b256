using System.Text.RegularExpressions;
using Maskwright.Artifacts;
using Maskwright.Dashboard.Tests.Browser;
using Maskwright.Imaging;
using Maskwright.Metrics.V1;
using Maskwright.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.MetricsCollector.Tests.Pages.RunPages;

/// <summary>What a run's page has beside its charts, in a browser, of a real collector and a real store of objects.</summary>
public sealed class PartsTests(Chromium chromium, StoreServer server) : IClassFixture<StoreServer>
{
    private const int Side = 8;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pictures_follow_the_slider_and_classes_are_hidden_and_shown()
    {
        await using var open = await OpenCollector.StartAsync(chromium, MediaTests.Of(server));
        await LoggedRun.StartAsync(open.Host, "seen", new Run { Lineage = { ["classes"] = "background, person, car" } });
        await LogPicturesAsync(open.Host, 1, prediction: 1);
        await LogPicturesAsync(open.Host, 2, prediction: 2);
        await open.GoAsync("/runs/seen?tab=images");
        var page = open.Page;
        var prediction = page.GetByTestId("prediction");
        await Expect(page.GetByTestId("step-name")).ToHaveTextAsync("step 2 of 2");
        await IsColouredAsync(prediction, Palette.Default[2]);
        await IsColouredAsync(page.GetByTestId("truth"), Palette.Default[1]);

        await page.GetByTestId("step").FillAsync("0");
        await Expect(page).ToHaveURLAsync(new Regex("step=1(&|$)"));
        await IsColouredAsync(prediction, Palette.Default[1]);

        // The background is hidden to begin with, so that the picture can be seen; persons are now.
        var legend = page.GetByTestId("legend");
        await Expect(legend.GetByRole(AriaRole.Button, new() { Name = "background" })).ToHaveAttributeAsync("aria-pressed", "false");
        await legend.GetByRole(AriaRole.Button, new() { Name = "person" }).ClickAsync();
        await IsColouredAsync(prediction, null);
        await page.GetByTestId("show-truth").UncheckAsync();
        await Expect(page.GetByTestId("truth")).ToHaveCountAsync(0);
        await page.GetByTestId("opacity").FillAsync("0.3");

        // Somebody else opens the same address.
        await Expect(page).ToHaveURLAsync(new Regex("opacity=0.3"));
        await page.GotoAsync(page.Url);
        await Expect(page.GetByTestId("step-name")).ToHaveTextAsync("step 1 of 2");
        await Expect(page.GetByTestId("truth")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("opacity")).ToHaveValueAsync("0.3");
        await IsColouredAsync(prediction, null);

        // A new epoch lengthens the slider of whoever looks; the newest is shown to whoever asks for it.
        await LogPicturesAsync(open.Host, 3, prediction: 2);
        await Expect(page.GetByTestId("step-name")).ToHaveTextAsync("step 1 of 3");
        await page.GetByRole(AriaRole.Button, new() { Name = "Newest" }).ClickAsync();
        await Expect(page.GetByTestId("step-name")).ToHaveTextAsync("step 3 of 3");
    }

    [Fact]
    public async Task The_confusion_matrix_of_each_epoch_is_shown_in_the_order_of_the_classes()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        var run = await LoggedRun.StartAsync(open.Host, "confused", new Run { Lineage = { ["classes"] = "sky, airplane" } });
        await LogAsync(1, 6, 2, 3, 1);
        await open.GoAsync("/runs/confused?tab=confusion");
        var page = open.Page;
        await Expect(page.GetByTestId("matrix").Locator("tbody th")).ToHaveTextAsync(["sky", "airplane"]);
        await Expect(page.GetByTestId("matrix").Locator("td")).ToHaveTextAsync(["75", "25", "75", "25"]);
        await LogAsync(2, 8, 0, 0, 4);
        await Expect(page.GetByTestId("matrix").Locator("td")).ToHaveTextAsync(["100", "0", "0", "100"]);
        await page.GetByTestId("step-before").ClickAsync();
        await page.GetByTestId("as").SelectOptionAsync("pixels");
        await Expect(page.GetByTestId("matrix").Locator("td")).ToHaveTextAsync(["6", "2", "3", "1"]);
        await page.GetByTestId("as").SelectOptionAsync("prediction");
        await Expect(page.GetByTestId("matrix").Locator("td")).ToHaveTextAsync(["66.7", "66.7", "33.3", "33.3"]);
        await Expect(page).ToHaveURLAsync(new Regex("step=1.*as=prediction|as=prediction.*step=1"));

        Task LogAsync(int epoch, params double[] cells) => run.LogAsync(cells.Select((pixels, i) =>
            LoggedRun.Point($"confusion/{(i < 2 ? "sky" : "airplane")}/{(i % 2 == 0 ? "sky" : "airplane")}", epoch, pixels, epoch)));
    }

    [Fact]
    public async Task Parts_are_gone_through_by_keys_and_back_by_the_browser()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        var run = await LoggedRun.StartAsync(open.Host, "whole");
        await run.LogAsync("m", 1, 1);
        await run.LogAsync("confusion/a/a", 1, 1);
        await open.GoAsync("/runs/whole");
        for (var round = 0; round < 2; round++)
        {
            foreach (var tab in (string[])["images", "confusion", "details", "log", "charts"])
            {
                await open.Page.GetByTestId($"tab-{tab}").PressAsync("Enter");
                await Expect(open.Page.GetByTestId($"tab-{tab}")).ToHaveAttributeAsync("aria-current", "page");
            }

            await Expect(open.Page.GetByTestId("chart-m").Locator(".chart-legend b")).ToHaveTextAsync("1");
        }

        await open.Page.GoBackAsync();
        await Expect(open.Page.GetByTestId("tab-log")).ToHaveAttributeAsync("aria-current", "page");
    }

    [Fact]
    public async Task Lines_that_are_logged_appear_and_are_narrowed()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        await LoggedRun.StartAsync(open.Host, "said");
        await open.GoAsync("/runs/said?tab=log");
        await Expect(open.Page.GetByTestId("empty")).ToContainTextAsync("no lines");
        await open.Host.Client.LogEventsAsync(
            new LogEventsRequest { Run = "runs/said", ClientId = "test", Sequence = 1, Events = { new TextEvent { Text = "<b>begun</b>" }, new TextEvent { Text = "slow", Level = "warning" }, new TextEvent { Text = "broken", Level = "error" } } },
            cancellationToken: Cancel);
        var lines = open.Page.Locator(".log-text");
        await Expect(lines).ToHaveTextAsync(["<b>begun</b>", "slow", "broken"]);
        await open.Page.GetByTestId("level").SelectOptionAsync("warning");
        await Expect(lines).ToHaveTextAsync(["slow", "broken"]);
        await open.Page.GetByTestId("find").FillAsync("ROK");
        await open.Page.GetByTestId("find").PressAsync("Enter");
        await Expect(lines).ToHaveTextAsync(["broken"]);
        await open.Page.GotoAsync(open.Page.Url);
        await Expect(lines).ToHaveTextAsync(["broken"]);
    }

    [Fact]
    public async Task Of_many_lines_the_last_are_shown_and_earlier_ones_asked_for()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        await LoggedRun.StartAsync(open.Host, "many");
        await open.Host.Client.LogEventsAsync(
            new LogEventsRequest { Run = "runs/many", ClientId = "test", Sequence = 1, Events = { Enumerable.Range(0, 620).Select(i => new TextEvent { Text = $"line {i}" }) } }, cancellationToken: Cancel);
        await open.GoAsync("/runs/many?tab=log");
        var lines = open.Page.Locator(".log-text");
        await Expect(lines.First).ToHaveTextAsync("line 120");
        await Expect(lines.Last).ToBeInViewportAsync();
        await open.Page.GetByTestId("earlier").ClickAsync();
        await Expect(lines.First).ToHaveTextAsync("line 0");
        await Expect(open.Page.GetByTestId("earlier")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Tags_and_the_note_are_changed_where_they_stand_and_the_run_is_deleted()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        await LoggedRun.StartAsync(open.Host, "edited", new Run { Tags = { ["team"] = "vision" } });
        await open.GoAsync("/runs/edited");
        var page = open.Page;
        await Expect(page.GetByTestId("delete")).ToBeDisabledAsync();

        await page.GetByTestId("tag-add").ClickAsync();
        await page.GetByTestId("tag-input").FillAsync("keep");
        await page.GetByTestId("tag-input").PressAsync("Enter");
        await Expect(page.Locator(".tag-text")).ToHaveTextAsync(["keep", "team: vision"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "team: vision", Exact = true }).ClickAsync();
        await page.GetByTestId("tag-input").FillAsync("group: audio");
        await page.GetByTestId("tag-input").PressAsync("Enter");
        await Expect(page.Locator(".tag-text")).ToHaveTextAsync(["group: audio", "keep"]);
        await page.GetByLabel("Remove tag keep").ClickAsync();
        await Expect(page.Locator(".tag-text")).ToHaveTextAsync(["group: audio"]);

        await page.GetByTestId("note-edit").ClickAsync();
        await page.GetByTestId("note-input").FillAsync("first\n<i>second</i>");
        await page.GetByTestId("note-input").PressAsync("Control+Enter");
        await Expect(page.Locator(".note-text")).ToHaveTextAsync("first\n<i>second</i>");
        await page.GetByTestId("note-edit").ClickAsync();
        await page.GetByTestId("note-input").FillAsync("third");
        await page.GetByTestId("note-input").PressAsync("Escape");
        await Expect(page.Locator(".note-text")).ToHaveTextAsync("first\n<i>second</i>");
        var kept = await open.Host.Client.GetRunAsync(new GetRunRequest { Name = "runs/edited" }, cancellationToken: Cancel);
        kept.Note.ShouldBe("first\n<i>second</i>");
        kept.Tags.ShouldBe(new Dictionary<string, string> { ["group"] = "audio" }, ignoreOrder: true);

        // What others do is seen too.
        await open.Host.Client.FinishRunAsync(new FinishRunRequest { Name = "runs/edited", State = RunState.Failed, ErrorMessage = "<u>no</u> memory" }, cancellationToken: Cancel);
        await Expect(page.GetByTestId("run-failure")).ToContainTextAsync("<u>no</u> memory");
        await page.GetByTestId("delete").ClickAsync();
        await page.GetByTestId("confirm-delete").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/runs$"));
        await open.GoAsync("/runs/edited");
        await Expect(page.GetByTestId("empty")).ToContainTextAsync("There is no run 'edited'");
    }

    [Fact]
    public async Task Details_lead_to_the_dataset_and_to_the_weights_in_storage()
    {
        using var storage = await server.OpenAsync();
        await storage.PutAsync("runs/trained/checkpoints/1.safetensors", new byte[2_048], "application/octet-stream", Cancel);
        await storage.PutAsync("runs/trained/best.safetensors", new byte[10], "application/octet-stream", Cancel);
        await storage.PutAsync("runs/trained/manifest.json", new byte[10], "application/json", Cancel);
        await using var open = await OpenCollector.StartAsync(chromium, MediaTests.Of(server));
        await LoggedRun.StartAsync(open.Host, "trained", new Run
        {
            Options = { ["epochs"] = "3" },
            Lineage = { ["dataset"] = "datasets/ds-1", ["training_run"] = "trainingRuns/trained", ["environment.os"] = "Linux" },
        });
        await open.GoAsync("/runs/trained?tab=details");
        await Expect(open.Page.GetByTestId("lineage").GetByRole(AriaRole.Link, new() { Name = "datasets/ds-1" })).ToHaveAttributeAsync("href", "/datasets/ds-1");
        await Expect(open.Page.GetByTestId("lineage")).ToContainTextAsync("Linux");
        var links = open.Page.GetByTestId("artifacts").GetByRole(AriaRole.Link);
        await Expect(links).ToHaveTextAsync(["best.safetensors", "checkpoints/1.safetensors"]);
        await Expect(open.Page.GetByTestId("artifacts")).ToContainTextAsync("The service cannot be reached");
        using var http = new HttpClient();
        (await http.GetByteArrayAsync(await links.Last.GetAttributeAsync("href"), Cancel)).Length.ShouldBe(2_048);
    }

    [Theory]
    [InlineData("")]
    [InlineData("images")]
    [InlineData("confusion")]
    [InlineData("details")]
    [InlineData("log")]
    public async Task Nothing_is_wider_than_a_phone(string tab)
    {
        await using var open = await OpenCollector.StartAsync(chromium, MediaTests.Of(server), width: 390, height: 844);
        var run = await LoggedRun.StartAsync(open.Host, "seen", new Run { Note = new string('w', 300), Lineage = { ["classes"] = string.Join(", ", Enumerable.Range(0, 12).Select(i => $"class-number-{i}")) }, Tags = { [new string('t', 200)] = "" } });
        await run.LogAsync(new string('m', 150), 1, 1, 2);
        await run.LogAsync(Enumerable.Range(0, 144).Select(i => LoggedRun.Point($"confusion/c{i / 12}/c{i % 12}", 1, i)));
        await LogPicturesAsync(open.Host, 1, prediction: 1);
        await open.Host.Client.LogEventsAsync(new LogEventsRequest { Run = "runs/seen", ClientId = "test", Sequence = 1, Events = { new TextEvent { Text = new string('l', 400) } } }, cancellationToken: Cancel);
        await open.GoAsync($"/runs/seen?tab={tab}");
        await Expect(open.Page.Locator(".plot[data-state=drawn], [data-testid=sample], [data-testid=matrix], [data-testid=options], [data-testid=log]").First).ToBeVisibleAsync();
        (await open.Page.EvaluateAsync<int>("Math.max(document.documentElement.scrollWidth, document.querySelector('.run-body').scrollWidth)")).ShouldBeLessThanOrEqualTo(390);
    }

    private static async Task IsColouredAsync(ILocator picture, (byte R, byte G, byte B)? colour)
    {
        var expected = colour is { } c ? $"{c.R},{c.G},{c.B},255" : "0,0,0,0";
        await Expect(picture).ToHaveAttributeAsync("data-state", "drawn");
        // The script draws a moment after its attributes change.
        await picture.EvaluateAsync(
            """
            async (element, expected) => {
                const seen = () => element.shadowRoot.querySelector("canvas")?.getContext("2d").getImageData(0, 0, 1, 1).data.join();
                for (let i = 0; i < 300 && seen() !== expected; i++) await new Promise(requestAnimationFrame);
                if (seen() !== expected) throw new Error(`${expected} was expected, ${seen()} is there`);
            }
            """,
            expected);
    }

    private async Task LogPicturesAsync(CollectorHost host, int step, byte prediction)
    {
        using var storage = await server.OpenAsync();
        await PutAsync("p/image.png", ImageCodec.EncodePng(new RgbImage(Side, Side, new byte[Side * Side * 3])));
        await PutAsync("p/truth.png", Mask(1));
        await PutAsync($"p/{step}.png", Mask(prediction));
        await host.Client.LogImagesAsync(
            new LogImagesRequest
            {
                Run = "runs/seen",
                ClientId = "test",
                Sequence = step,
                Images = { new ImageReference { Step = step, SampleKey = "val/000", ImageKey = "p/image.png", TruthKey = "p/truth.png", PredictionKey = $"p/{step}.png" } },
            },
            cancellationToken: Cancel);

        Task<ArtifactEntry> PutAsync(string key, byte[] png) => storage.PutAsync(key, png, "image/png", Cancel);

        static byte[] Mask(byte index) => PalettePng.Encode(new IndexMask(Side, Side, [.. Enumerable.Repeat(index, Side * Side)]), Palette.Default);
    }
}
