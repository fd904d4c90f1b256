using System.Text;
using System.Text.Json;
using Maskwright.Artifacts;
using Maskwright.Datasets;
using Maskwright.Imaging;
using Maskwright.Segmentation;
using Maskwright.ServiceDefaults;
using Maskwright.Work.V1;
using EvaluationResource = Maskwright.Evaluation.V1.Evaluation;

namespace Maskwright.Evaluator;

/// <summary>Measures one model on one split and writes its report, figure and tables.</summary>
internal sealed class EvaluationWork(ModelStore models, ObjectStorage storage, TimeProvider time)
{
    private const int ImagesListed = 10;
    private const string NoObjects = "The dataset tells no objects apart: its source has masks only, or it was prepared before objects were kept.";

    public async Task EvaluateAsync(WorkContext<EvaluationResource> work, CancellationToken cancellationToken)
    {
        string key = EvaluationKeys.Report(work.Id);
        var store = new ManifestStore(storage);
        // A service that died between commit and record finds its report.
        var report = await store.TryReadAsync(key, RunJson.Default.EvaluationReport, EvaluationReport.CurrentVersion, cancellationToken);
        if (report is null)
        {
            report = await MeasureAsync(work, cancellationToken);
            await store.CommitAsync(key, report, RunJson.Default.EvaluationReport, cancellationToken);
        }

        await work.UpdateAsync(
            EventKind.Message,
            $"mean IoU {report.Metrics.MeanIoU:F3} over {report.Images} images",
            evaluation =>
            {
                evaluation.Report = ReportMapping.ToWire(report);
                evaluation.ReportKey = key;
                evaluation.FigureKey = report.Figure.Key;
                evaluation.HtmlKey = report.Html?.Key ?? "";
                evaluation.CsvKey = report.Csv?.Key ?? "";
            },
            cancellationToken);
    }

    private async Task<EvaluationReport> MeasureAsync(WorkContext<EvaluationResource> work, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        var asked = work.Resource;
        var run = await models.ManifestAsync(asked.Model, "model", cancellationToken);
        var dataset = await DatasetReader.OpenAsync(storage, ResourceId.FromName("datasets", asked.Dataset, "dataset"), cancellationToken);
        EvaluationRequests.RequireMeasurable(run, dataset.Manifest, asked.Split);
        int images = dataset.Manifest.Splits[asked.Split].Samples;
        work.EnterStage("load model");
        using var model = await models.LoadAsync(run, cancellationToken);

        var settings = EvaluationRequests.ToSettings(asked.Options);
        var selection = new FigureSelection(EvaluationRequests.ToChoice(asked.Options.FigureChoice), asked.Options.FigureRows, asked.Options.FigureSeed);
        var scores = new List<ImageScore>(images);
        work.EnterStage("evaluate");
        int done = 0;
        work.Report("evaluate", done, images, "images");
        var result = await SplitEvaluation.RunAsync(
            model,
            dataset.ReadSplitAsync(asked.Split, cancellationToken),
            settings,
            (sample, counts) =>
            {
                var own = counts.ToMetrics();
                selection.Consider(sample, own);
                if (own.MeanIoU is { } meanIoU)
                    scores.Add(new ImageScore(sample.Key, meanIoU));
                work.Report("evaluate", ++done, images, "images");
            },
            cancellationToken);

        work.EnterStage("report");
        work.Report("report", 0, 1, "pages");
        var tally = result.Tally;
        var sizes = tally.Sizes();
        var metrics = tally.Matrix.ToMetrics();
        byte[] figure = Figure.RenderPng(Title(asked, metrics), selection.ToRows(), run.Classes, Palette.Default);
        byte[] counts = JsonSerializer.SerializeToUtf8Bytes(new EvaluatedImages(tally.Images), RunJson.Default.EvaluatedImages);
        var report = new EvaluationReport
        {
            Id = work.Id,
            ProgramVersion = ServiceDefaultsExtensions.ProgramVersion,
            CreatedAt = time.GetUtcNow(),
            Run = run.Id,
            ModelSha256 = run.Model.Sha256,
            Dataset = dataset.Manifest.Id,
            DatasetDigest = dataset.Manifest.Digest,
            Inputs = await InputsAsync(run, dataset.Manifest, cancellationToken),
            Split = asked.Split,
            Images = tally.Images.Count,
            ImageSize = model.Description.ImageSize,
            Settings = settings,
            Classes = run.Classes,
            Confusion = tally.Matrix.Counts.ToArray(),
            Metrics = metrics,
            Loss = result.Loss,
            BoundaryIoU = tally.BoundaryIoU(),
            Calibration = tally.Calibration(),
            Sizes = sizes,
            NoSizes = sizes is null ? NoObjects : null,
            Intervals = Bootstrap.Intervals(tally.Images, run.Classes.Count, asked.Options.BootstrapSeed),
            Worst = [.. scores.OrderBy(score => score.MeanIoU).Take(ImagesListed)],
            Best = [.. scores.OrderByDescending(score => score.MeanIoU).Take(ImagesListed)],
            InitialWeights = run.InitialWeights,
            TrainedOnDigest = run.DatasetDigest,
            Hardware = SplitEvaluation.Hardware,
            Seconds = time.GetElapsedTime(started).TotalSeconds,
            ImageCounts = await storage.PutAsync(EvaluationKeys.Images(work.Id), counts, "application/json", cancellationToken),
            Figure = await storage.PutAsync(EvaluationKeys.Figure(work.Id), figure, "image/png", cancellationToken),
            FigureSamples = [.. selection.Keys],
        };
        return report with
        {
            Html = await PutPageAsync(report, figure, run, dataset, cancellationToken),
            Csv = await storage.PutAsync(EvaluationKeys.Csv(work.Id), Encoding.UTF8.GetBytes(ClassTable.ToCsv(report)), "text/csv", cancellationToken),
        };
    }

    private async Task<ArtifactEntry> PutPageAsync(
        EvaluationReport report, byte[] figure, RunManifest run, DatasetReader dataset, CancellationToken cancellationToken)
    {
        // The same figures as the collector's, but with a digest, and there also when the collector is not.
        var history = await models.HistoryAsync(run, cancellationToken);
        var statistics = await dataset.ReadStatisticsAsync(cancellationToken);
        string page = HtmlReport.Render(new ReportContents(report, figure, run, history, statistics));
        return await storage.PutAsync(EvaluationKeys.Html(report.Id), Encoding.UTF8.GetBytes(page), "text/html; charset=utf-8", cancellationToken);
    }

    private async Task<IReadOnlyList<LineageLink>> InputsAsync(RunManifest model, DatasetManifest dataset, CancellationToken cancellationToken)
    {
        var manifests = new ManifestStore(storage);
        return
        [
            await manifests.LinkAsync(RunKeys.Manifest(model.Id), cancellationToken),
            await manifests.LinkAsync(DatasetKeys.Manifest(dataset.Id), cancellationToken),
        ];
    }

    private static string Title(EvaluationResource asked, SegmentationMetrics metrics) =>
        $"mean IoU {metrics.MeanIoU:F3} on {asked.Split}: {asked.Model}";
}
