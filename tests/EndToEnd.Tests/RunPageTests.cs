using System.Text.RegularExpressions;
using Maskwright.Dashboard.Tests.Browser;
using Maskwright.Training.V1;
using Maskwright.Work.V1;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.EndToEnd.Tests;

/// <summary>A person follows a run of the real application on its page while it trains.</summary>
[Collection(PipelineTests.Name)]
public sealed class RunPageTests(FinishedPipeline pipeline, Chromium chromium)
{
    private const float Patience = 120_000;

    // More than the test waits for: it ends the run itself.
    private const int Epochs = 2_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_followed_while_it_trains_cancelled_and_deleted_on_its_page()
    {
        var trainer = pipeline.Application.Clients.Trainer;
        var page = await chromium.OpenAsync();
        List<string> complaints = [];
        page.PageError += (_, error) => complaints.Add(error);
        var run = await trainer.CreateTrainingRunAsync(
            new CreateTrainingRunRequest { TrainingRun = new TrainingRun { Dataset = pipeline.Dataset.Name, Options = FinishedPipeline.SmallRecipe(Epochs) }, TrainingRunId = "run-watched" }, cancellationToken: Cancellation);
        var address = new Uri(pipeline.Application.Endpoints["metrics"]["http"], "/runs/run-watched").ToString();
        await page.GotoAsync(address);

        // Steps and epochs come by themselves.
        await Expect(page.GetByTestId("chart-loss").Locator(".chart-legend b")).ToHaveTextAsync([new Regex(@"\d"), new Regex(@"\d")], new() { Timeout = Patience });
        await Expect(page.GetByTestId("run-head")).ToContainTextAsync("running");
        await Expect(page.GetByTestId("progress")).ToContainTextAsync("left", new() { Timeout = Patience });
        var loss = page.GetByTestId("chart-loss, step").Locator(".chart-legend b").First;
        var before = await loss.TextContentAsync();
        await Expect(loss).Not.ToHaveTextAsync(before!, new() { Timeout = Patience });

        // Its pictures grow by an epoch while somebody looks at them.
        await page.GetByTestId("tab-images").ClickAsync();
        await Expect(page.GetByTestId("prediction").First).ToHaveAttributeAsync("data-state", "drawn", new() { Timeout = Patience });
        var shown = await page.GetByTestId("step-name").TextContentAsync();
        await Expect(page.GetByTestId("step-name")).Not.ToHaveTextAsync(shown!, new() { Timeout = Patience });
        await Expect(page.GetByTestId("legend").GetByRole(AriaRole.Button)).ToHaveTextAsync([.. pipeline.Run.Classes.Select(name => new Regex($"^{Regex.Escape(name)}$"))]);

        await page.GetByTestId("tab-confusion").ClickAsync();
        await Expect(page.GetByTestId("matrix").Locator("tbody th")).ToHaveCountAsync(pipeline.Run.Classes.Count);
        await page.GetByTestId("tab-log").ClickAsync();
        await Expect(page.GetByTestId("log")).ToContainTextAsync("started on cpu");
        await page.GetByTestId("tab-details").ClickAsync();
        await Expect(page.GetByTestId("options")).ToContainTextAsync("batch_size");
        await Expect(page.GetByTestId("lineage").GetByRole(AriaRole.Link, new() { Name = pipeline.Dataset.Name })).ToHaveAttributeAsync("href", $"/{pipeline.Dataset.Name}");
        await Expect(page.GetByTestId("artifacts")).ToContainTextAsync(".safetensors", new() { Timeout = Patience });

        await page.GetByTestId("cancel").ClickAsync();
        await Expect(page.GetByTestId("run-head")).ToContainTextAsync("cancelled", new() { Timeout = Patience });
        (await trainer.GetTrainingRunAsync(new GetTrainingRunRequest { Name = run.Name }, cancellationToken: Cancellation)).State.ShouldBe(State.Cancelled);
        await page.GetByTestId("delete").ClickAsync();
        // A dialog that is still growing may take a click elsewhere: who sees the box empty clicks again.
        var withTraining = page.GetByTestId("with-training");
        while (!await withTraining.IsCheckedAsync())
            await withTraining.ClickAsync();
        await page.GetByTestId("confirm-delete").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/runs$"), new() { Timeout = Patience });
        await Should.ThrowAsync<Grpc.Core.RpcException>(trainer.GetTrainingRunAsync(new GetTrainingRunRequest { Name = run.Name }, cancellationToken: Cancellation).ResponseAsync);

        // An evaluation is found from the run whose model was measured.
        await page.GotoAsync(new Uri(pipeline.Application.Endpoints["metrics"]["http"], $"/{pipeline.Run.MetricsRun}?tab=details").ToString());
        await Expect(page.GetByTestId("artifacts")).ToContainTextAsync(pipeline.Evaluation.Name);
        await page.Context.CloseAsync();
        complaints.ShouldBeEmpty();
    }
}
