using System.IO.Hashing;
using System.Text;
using Maskwright.Artifacts;
using Maskwright.Datasets;
using Maskwright.Imaging;
using Maskwright.Segmentation;
using Maskwright.ServiceDefaults;
using Maskwright.Work.V1;
using EvaluationResource = Maskwright.Evaluation.V1.Evaluation;
using SplitEvaluation = Maskwright.Segmentation.Evaluation;

namespace Maskwright.Evaluator;

/// <summary>Measures one model on one split and writes its report and figure.</summary>
internal sealed class EvaluationWork(ModelStore models, ObjectStorage storage, TimeProvider time)
{
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
            },
            cancellationToken);
    }

    private async Task<EvaluationReport> MeasureAsync(WorkContext<EvaluationResource> work, CancellationToken cancellationToken)
    {
        var asked = work.Resource;
        var manifest = await models.ManifestAsync(asked.Model, "model", cancellationToken);
        var dataset = await DatasetReader.OpenAsync(storage, ResourceId.FromName("datasets", asked.Dataset, "dataset"), cancellationToken);
        RefuseOtherClasses(manifest, dataset.Manifest);
        using var model = await models.LoadAsync(manifest, cancellationToken);

        int images = dataset.Manifest.Splits[asked.Split].Samples;
        work.Report("load", 0, images, "images");
        var split = await SampleCache.BuildAsync(
            dataset.ReadSplitAsync(asked.Split, cancellationToken), model.Description.ImageSize, manifest.Classes.Count, decoded: null, cancellationToken);

        var chosen = ChooseRows(split, asked.Options.FigureRows, asked.Options.FigureSeed);
        var rows = new Dictionary<string, FigureRow>(StringComparer.Ordinal);
        int done = 0;
        void Take(CachedSample sample, IndexMask predicted)
        {
            if (chosen.Contains(sample.Key))
                rows[sample.Key] = new FigureRow(sample.Image, sample.Mask, predicted, sample.Key);
            work.Report("evaluate", ++done, images, "images");
        }

        // libtorch keeps a team of threads for each thread that calls it: one thread of its own does the whole split.
        var result = await Task.Factory.StartNew(
            () => SplitEvaluation.Run(model, split, asked.Options.BatchSize, Take, cancellationToken),
            cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        work.Report("report", 0, 1, "figures");
        var ordered = chosen.Where(rows.ContainsKey).Select(key => rows[key]).ToList();
        byte[] figure = Figure.RenderPng(Title(asked, result), ordered, manifest.Classes, Palette.Default);
        return new EvaluationReport
        {
            Id = work.Id,
            ProgramVersion = ServiceDefaultsExtensions.ProgramVersion,
            CreatedAt = time.GetUtcNow(),
            Run = manifest.Id,
            ModelSha256 = manifest.Model.Sha256,
            Dataset = dataset.Manifest.Id,
            DatasetDigest = dataset.Manifest.Digest,
            Inputs = await InputsAsync(manifest, dataset.Manifest, cancellationToken),
            Split = asked.Split,
            Images = split.Samples.Count,
            ImageSize = split.ImageSize,
            Classes = manifest.Classes,
            Confusion = result.Matrix.Counts.ToArray(),
            Metrics = result.Matrix.ToMetrics(),
            Loss = result.Loss,
            Figure = await storage.PutAsync(EvaluationKeys.Figure(work.Id), figure, "image/png", cancellationToken),
            FigureSamples = [.. ordered.Select(row => row.Label)],
        };
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

    private static void RefuseOtherClasses(RunManifest model, DatasetManifest dataset)
    {
        if (!model.Classes.SequenceEqual(dataset.Classes, StringComparer.Ordinal))
        {
            throw RpcErrors.FailedPrecondition(
                "CLASSES_DIFFER",
                $"The model of run '{model.Id}' knows the classes {string.Join(", ", model.Classes)}; the dataset '{dataset.Id}' has {string.Join(", ", dataset.Classes)}. Evaluate on a dataset with the same classes in the same order.");
        }
    }

    // The choice depends on the seed and the keys alone, so that two models show the same images. Images that show
    // something besides background come first: a figure of empty masks tells nothing.
    private static List<string> ChooseRows(SampleCache split, int rows, ulong seed) =>
    [
        .. split.Samples
            .OrderByDescending(sample => sample.Mask.Pixels.AsSpan().ContainsAnyExcept((byte)0, IndexMask.Ignore))
            .ThenBy(sample => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(sample.Key), unchecked((long)seed)))
            .Take(rows)
            .Select(sample => sample.Key),
    ];

    private static string Title(EvaluationResource asked, EvaluationResult result) =>
        $"mean IoU {result.Matrix.ToMetrics().MeanIoU:F3} on {asked.Split}: {asked.Model}";
}
