using System.Text.RegularExpressions;
using Maskwright.Dashboard.Tests.Browser;
using Maskwright.Training.V1;
using Maskwright.Work.V1;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.EndToEnd.Tests;

/// <summary>A person works with the collector's pages while the real trainer trains.</summary>
[Collection(PipelineTests.Name)]
public sealed class PagesTests(FinishedPipeline pipeline, Chromium chromium)
{
    private const float Patience = 120_000;

    // Long enough to be seen running and to be cancelled.
    private const int ManyEpochs = 60;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string DatasetId => pipeline.Dataset.Name["datasets/".Length..];

    [Fact]
    public async Task A_run_is_started_followed_cancelled_resumed_compared_and_deleted()
    {
        var page = await OpenAsync($"/datasets/{DatasetId}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Start a run" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync(DatasetId);
        await page.GetByTestId("start-settings").FillAsync($"image_size={FinishedPipeline.ImageSize}\nseed=not a number");
        await page.GetByTestId("start-epochs").FillAsync($"{ManyEpochs}");
        await page.GetByTestId("confirm-start").ClickAsync();
        await Expect(page.GetByTestId("start-failure")).ToContainTextAsync("seed: 'not a number' is not a whole number");
        await page.GetByTestId("start-settings").FillAsync($"image_size={FinishedPipeline.ImageSize}\nseed=8");
        await page.GetByTestId("confirm-start").ClickAsync();
        await Expect(page.Locator(".mud-snackbar")).ToContainTextAsync("is queued");
        var training = await NewestRunAsync();
        var id = training.Name["trainingRuns/".Length..];
        var row = page.GetByTestId($"run-{id}");
        await Expect(row.GetByTestId("progress")).ToContainTextAsync(new Regex(@"train epoch \d+ · .*left"), new() { Timeout = Patience });
        await Expect(row.GetByTestId("cancel")).ToBeVisibleAsync();

        // Predictions beside those of the pipeline's run, as soon as there are any.
        await page.GotoAsync(Address($"/compare?run={RunId(pipeline.Run)}&run={id}&tab=pictures"));
        await Expect(page.GetByTestId("prediction")).ToHaveCountAsync(2, new() { Timeout = Patience });
        await Expect(page.GetByTestId("prediction").First).ToHaveAttributeAsync("data-state", "drawn");
        await Expect(page.GetByTestId("legend")).ToContainTextAsync("airplane");
        await page.GetByTestId("tab-curves").ClickAsync();
        await Expect(page.GetByTestId("curve").First.Locator(".scatterlayer .trace")).ToHaveCountAsync(2, new() { Timeout = Patience });
        await page.GetByTestId("tab-options").ClickAsync();
        await Expect(page.GetByTestId("options")).ToContainTextAsync($"{ManyEpochs}");
        await page.GetByTestId("tab-scatter").ClickAsync();
        await Expect(page.GetByTestId("parallel").Locator("a.parallel-line")).ToHaveCountAsync(2);

        await page.GotoAsync(Address("/runs"));
        await row.GetByTestId("cancel").ClickAsync();
        await Expect(row).ToContainTextAsync("cancelled", new() { Timeout = Patience });
        await row.GetByTestId("resume").ClickAsync();
        await Expect(row.GetByTestId("progress")).ToContainTextAsync(new Regex(@"train epoch \d+ · "), new() { Timeout = Patience });
        await row.GetByTestId("cancel").ClickAsync();
        await Expect(row).ToContainTextAsync("cancelled", new() { Timeout = Patience });

        await row.GetByTestId("delete").ClickAsync();
        await page.GetByTestId("with-training").CheckAsync();
        await page.GetByTestId("confirm-delete").ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        (await Should.ThrowAsync<Grpc.Core.RpcException>(async () => await pipeline.Application.Clients.Trainer.GetTrainingRunAsync(
            new GetTrainingRunRequest { Name = training.Name }, cancellationToken: Cancel))).StatusCode.ShouldBe(Grpc.Core.StatusCode.NotFound);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_dataset_is_looked_through_by_class_and_split_and_its_statistics_are_told()
    {
        var page = await OpenAsync("/datasets");
        var row = page.GetByTestId($"dataset-{DatasetId}");
        await Expect(row).ToContainTextAsync("succeeded");
        await Expect(row).ToContainTextAsync("person, bicycle, car, motorcycle, airplane");
        await row.GetByRole(AriaRole.Link, new() { Name = DatasetId, Exact = true }).ClickAsync();
        var samples = page.GetByTestId("sample");
        await Expect(samples).ToHaveCountAsync(24);
        await Expect(samples.First).ToHaveAttributeAsync("data-state", "drawn");
        await page.GetByTestId("next-samples").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("from="));
        await page.GetByTestId("class-filter").GetByText("car").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"\?class=3"));

        var cars = pipeline.Dataset.Statistics.Splits[1].Classes[3].Images;
        await page.GotoAsync(Address($"/datasets/{DatasetId}?split=val&class=3"));
        if (cars > 0)
            await Expect(samples).ToHaveCountAsync((int)cars);
        else
            await Expect(page.GetByTestId("empty")).ToContainTextAsync("No image shows");

        await page.GotoAsync(Address($"/datasets/{DatasetId}?split=train"));
        await page.GetByTestId("samples").GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(page.GetByTestId("viewer").Locator("masked-image[data-state=drawn]")).ToHaveCountAsync(3);
        var first = page.Url;
        // Pictures that are known already are drawn before the server has given the keys to the viewer.
        await Expect(page.GetByTestId("viewer")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page).Not.ToHaveURLAsync(first);
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByTestId("viewer")).ToHaveCountAsync(0);

        await page.GetByTestId("tab-statistics").ClickAsync();
        var person = pipeline.Dataset.Statistics.Splits[0].Classes[1];
        await Expect(page.GetByTestId("histogram").Locator("tbody tr").Nth(1)).ToContainTextAsync($"{person.Images}");
        await Expect(page.GetByTestId("together").Locator("tbody tr")).ToHaveCountAsync(6);
        await Expect(page.GetByTestId("splits").Locator("tbody tr")).ToHaveCountAsync(3);

        var failed = await page.GotoAsync(Address("/datasets/none"));
        failed!.Status.ShouldBe(200);
        await Expect(page.GetByTestId("failure")).ToContainTextAsync("datasets/none");
        await page.Context.CloseAsync();
    }

    private static string RunId(TrainingRun run) => run.Name["trainingRuns/".Length..];

    private string Address(string path) => new Uri(pipeline.Application.Endpoints["metrics"]["http"], path).ToString();

    private async Task<IPage> OpenAsync(string path)
    {
        var page = await chromium.OpenAsync();
        page.SetDefaultTimeout(Patience);
        await page.GotoAsync(Address(path));
        return page;
    }

    private async Task<TrainingRun> NewestRunAsync()
    {
        var runs = await pipeline.Application.Clients.Trainer.ListTrainingRunsAsync(new ListTrainingRunsRequest { PageSize = 1 }, cancellationToken: Cancel);
        runs.TrainingRuns[0].State.ShouldBeOneOf(State.Queued, State.Running);
        return runs.TrainingRuns[0];
    }
}
