using Maskwright.Evaluation.V1;
using Maskwright.Imaging;

namespace Maskwright.EndToEnd.Tests;

[Collection(PipelineTests.Name)]
public sealed class EvaluationTests(FinishedPipeline pipeline)
{
    private const int Patience = 120_000;
    private const double Exact = 1e-12;

    private readonly EvaluationService.EvaluationServiceClient _evaluator = pipeline.Application.Clients.Evaluator;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_figure_of_the_report_follows_from_its_confusion_matrix()
    {
        var report = pipeline.Evaluation.Report;
        var classes = pipeline.Run.Classes.Count;
        report.Confusion.Count.ShouldBe(classes * classes);
        long Count(int truth, int predicted) => report.Confusion[(truth * classes) + predicted];
        var all = Enumerable.Range(0, classes).ToArray();

        List<double> ious = [];
        foreach (var index in all)
        {
            var hit = Count(index, index);
            var truth = all.Sum(other => Count(index, other));
            var predicted = all.Sum(other => Count(other, index));
            var scores = report.Classes[index];
            scores.Name.ShouldBe(pipeline.Run.Classes[index]);
            scores.Support.ShouldBe(truth);
            scores.HasIou.ShouldBe(truth + predicted > 0);
            if (!scores.HasIou)
                continue;
            ious.Add((double)hit / (truth + predicted - hit));
            scores.Iou.ShouldBe(ious[^1], Exact);
            scores.Dice.ShouldBe(2.0 * hit / (truth + predicted), Exact);
        }

        report.ClassesPresent.ShouldBe(ious.Count);
        report.MeanIou.ShouldBe(ious.Average(), Exact);
        report.ValidPixels.ShouldBe(report.Confusion.Sum());
        report.PixelAccuracy.ShouldBe((double)all.Sum(index => Count(index, index)) / report.ValidPixels, Exact);
    }

    [Fact]
    public void The_whole_test_split_was_measured_at_the_size_of_training()
    {
        var test = pipeline.Dataset.Statistics.Splits.Single(split => split.Split == "test");
        var report = pipeline.Evaluation.Report;
        report.Images.ShouldBe(test.Images);
        report.ImageSize.ShouldBe(FinishedPipeline.ImageSize);
        report.ValidPixels.ShouldBeInRange(1, test.Images * FinishedPipeline.ImageSize * FinishedPipeline.ImageSize);
        pipeline.Evaluation.Split.ShouldBe("test");
        pipeline.Evaluation.Dataset.ShouldBe(pipeline.Dataset.Name);
    }

    [Fact(Timeout = Patience)]
    public async Task The_figure_can_be_fetched_by_its_url_and_shows_something()
    {
        var evaluation = await _evaluator.GetEvaluationAsync(new GetEvaluationRequest { Name = pipeline.Evaluation.Name }, cancellationToken: Cancellation);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(evaluation.FigureUrl), Cancellation);
        answer.EnsureSuccessStatusCode();
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        var figure = ImageCodec.Decode(await answer.Content.ReadAsByteArrayAsync(Cancellation), evaluation.FigureKey);
        figure.Width.ShouldBeGreaterThan(200);
        figure.Height.ShouldBeGreaterThan(200);
        figure.Pixels.Distinct().Count().ShouldBeGreaterThan(100);
    }

    [Fact(Timeout = Patience)]
    public async Task Evaluating_the_same_model_again_gives_the_same_figures()
    {
        var again = await _evaluator.CreateEvaluationAsync(
            new CreateEvaluationRequest
            {
                EvaluationId = "again",
                Evaluation = new Evaluation.V1.Evaluation { Model = pipeline.Run.Name, Options = new EvaluationOptions { BatchSize = 1, FigureRows = 2 } },
            },
            cancellationToken: Cancellation);
        var ended = await _evaluator.EndAsync(again.Name, Cancellation);
        ended.Report.ShouldNotBeNull(ended.Error?.Message).ShouldBe(pipeline.Evaluation.Report);

        var listed = await _evaluator.ListEvaluationsAsync(new ListEvaluationsRequest(), cancellationToken: Cancellation);
        listed.Evaluations.Select(evaluation => evaluation.Name).ShouldContain("evaluations/again");
        await _evaluator.DeleteEvaluationAsync(new DeleteEvaluationRequest { Name = again.Name }, cancellationToken: Cancellation);
        (await pipeline.Application.Storage.KeysAsync("evaluations/again/", Cancellation)).ShouldBeEmpty();
        (await pipeline.Application.Storage.StatAsync(pipeline.Evaluation.ReportKey, Cancellation)).ShouldNotBeNull();
    }
}
