using Grpc.Core;
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
        var report = ended.Report.ShouldNotBeNull(ended.Error?.Message);
        report.Confusion.ShouldBe(pipeline.Evaluation.Report.Confusion);
        report.MeanIou.ShouldBe(pipeline.Evaluation.Report.MeanIou);
        report.MeanIouInterval.ShouldBe(pipeline.Evaluation.Report.MeanIouInterval);
        report.MeanBoundaryIou.ShouldBe(pipeline.Evaluation.Report.MeanBoundaryIou);

        var listed = await _evaluator.ListEvaluationsAsync(new ListEvaluationsRequest(), cancellationToken: Cancellation);
        listed.Evaluations.Select(evaluation => evaluation.Name).ShouldContain("evaluations/again");
        await _evaluator.DeleteEvaluationAsync(new DeleteEvaluationRequest { Name = again.Name }, cancellationToken: Cancellation);
        (await pipeline.Application.Storage.KeysAsync("evaluations/again/", Cancellation)).ShouldBeEmpty();
        (await pipeline.Application.Storage.StatAsync(pipeline.Evaluation.ReportKey, Cancellation)).ShouldNotBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task The_report_is_one_page_that_needs_nothing_else()
    {
        var evaluation = await _evaluator.GetEvaluationAsync(new GetEvaluationRequest { Name = pipeline.Evaluation.Name }, cancellationToken: Cancellation);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(evaluation.HtmlUrl), Cancellation);
        answer.EnsureSuccessStatusCode();
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        var page = await answer.Content.ReadAsStringAsync(Cancellation);
        page.ShouldContain(evaluation.Report.MeanIou.ToString("F3", System.Globalization.CultureInfo.InvariantCulture));
        page.ShouldContain("data:image/png;base64,");
        page.ShouldNotContain("http://");
        page.ShouldNotContain("https://");
        page.ShouldNotContain("<script");
    }

    [Fact(Timeout = Patience)]
    public async Task At_the_images_own_size_other_pixels_are_counted_and_such_evaluations_are_not_compared_with_these()
    {
        var own = await EvaluateAsync("own-size", new EvaluationOptions { Size = MeasuredSize.Original, Flip = true, FigureChoice = FigureChoice.Worst, FigureRows = 2 });
        own.Report.ShouldNotBeNull(own.Error?.Message);
        own.Report.Size.ShouldBe(MeasuredSize.Original);
        own.Report.Images.ShouldBe(pipeline.Evaluation.Report.Images);
        own.Report.ValidPixels.ShouldBeGreaterThan(pipeline.Evaluation.Report.ValidPixels);

        var refused = await _evaluator.CompareEvaluationsAsync(
                new CompareEvaluationsRequest { Names = { pipeline.Evaluation.Name, own.Name } }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.FailedPrecondition, "NOT_COMPARABLE");
        refused.Status.Detail.ShouldContain("size");
    }

    [Fact(Timeout = Patience)]
    public async Task A_model_is_no_better_than_itself()
    {
        var twin = await EvaluateAsync("twin", new EvaluationOptions { BatchSize = 3 });

        var compared = await _evaluator.CompareEvaluationsAsync(
            new CompareEvaluationsRequest { Names = { pipeline.Evaluation.Name, twin.Name } }, cancellationToken: Cancellation);

        var difference = compared.Differences.ShouldHaveSingleItem();
        difference.Name.ShouldBe(twin.Name);
        (difference.MeanIou.Value, difference.MeanIou.Interval.Low, difference.MeanIou.Interval.High).ShouldBe((0, 0, 0));
        difference.MeanIou.Verdict.ShouldBe("no difference at 95%");
        difference.Classes.Select(scores => scores.ClassName).ShouldBe(pipeline.Run.Classes);
        compared.Warnings.ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task Comparing_needs_two_finished_evaluations()
    {
        await _evaluator.CompareEvaluationsAsync(new CompareEvaluationsRequest { Names = { pipeline.Evaluation.Name } }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.InvalidArgument, "INVALID_FIELD");
        await _evaluator.CompareEvaluationsAsync(new CompareEvaluationsRequest { Names = { pipeline.Evaluation.Name, "evaluations/none" } }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.FailedPrecondition, "EVALUATION_NOT_READY");
    }

    [Fact(Timeout = Patience)]
    public async Task An_export_is_an_artifact_of_its_own_and_written_once()
    {
        var request = new ExportOnnxRequest { Model = pipeline.Run.Name };
        var exported = await _evaluator.ExportOnnxAsync(request, cancellationToken: Cancellation);

        exported.ObjectKey.ShouldMatch("^onnx/[a-z][a-z0-9-]{0,62}/model\\.onnx$");
        (await pipeline.Application.Storage.StatAsync(exported.ObjectKey.Replace("model.onnx", "manifest.json", StringComparison.Ordinal), Cancellation)).ShouldNotBeNull();
        var again = await _evaluator.ExportOnnxAsync(request, cancellationToken: Cancellation);
        (again.ObjectKey, again.Sha256).ShouldBe((exported.ObjectKey, exported.Sha256));
    }

    [Fact(Timeout = Patience)]
    public async Task Scales_and_windows_that_cannot_be_are_refused_by_name()
    {
        var scales = new EvaluationOptions { Scales = { 9 } };
        var both = new EvaluationOptions { Scales = { 0.5 }, SlidingWindow = true };

        (await CreateAsync("bad-scales", scales).ShouldFailAsync(StatusCode.InvalidArgument, "INVALID_FIELD")).Field().ShouldBe("evaluation.options.scales");
        (await CreateAsync("bad-windows", both).ShouldFailAsync(StatusCode.InvalidArgument, "INVALID_FIELD")).Field().ShouldBe("evaluation.options.sliding_window");
    }

    private AsyncUnaryCall<Evaluation.V1.Evaluation> CreateAsync(string id, EvaluationOptions options) => _evaluator.CreateEvaluationAsync(
        new CreateEvaluationRequest { EvaluationId = id, Evaluation = new Evaluation.V1.Evaluation { Model = pipeline.Run.Name, Options = options } },
        cancellationToken: Cancellation);

    private async Task<Evaluation.V1.Evaluation> EvaluateAsync(string id, EvaluationOptions options) =>
        await _evaluator.EndAsync((await CreateAsync(id, options)).Name, Cancellation);
}
