using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>What an evaluation's page shows.</summary>
/// <param name="Report">Its figures.</param>
/// <param name="Figure">The figure, a PNG.</param>
/// <param name="Run">The run whose model was measured.</param>
/// <param name="History">That run's epochs.</param>
/// <param name="Statistics">Counts of the dataset.</param>
public sealed record ReportContents(
    EvaluationReport Report, ReadOnlyMemory<byte> Figure, RunManifest Run, IReadOnlyList<EpochReport> History, DatasetStatistics Statistics);

/// <summary>
/// An evaluation as one page that needs nothing else: no network, no script, no font. Every chart is a table or an inline
/// SVG beside its numbers.
/// </summary>
public static class HtmlReport
{
    private static readonly string[] SplitOrder = ["train", "val", "test"];

    private const string Style = """
        :root{color-scheme:light;--ink:#202124;--pale:#5f6368;--line:#dadce0;--bar:#0072b2}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:#fff;margin:2rem auto;max-width:70rem;padding:0 1rem}
        h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2.2rem}
        p.lead{font-size:1.1rem}.pale{color:var(--pale)}
        table{border-collapse:collapse}td,th{padding:.3rem .7rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        td:first-child,th:first-child{text-align:left}th.over{text-align:center;border-bottom:0}tr.mean td{font-weight:600;border-top:2px solid var(--ink)}
        table.facts td+td{text-align:left;white-space:normal;word-break:break-all}table.matrix td{min-width:4rem}
        i.swatch{display:inline-block;width:.8rem;height:.8rem;margin-right:.5rem;border:1px solid var(--pale);vertical-align:-1px}
        svg{max-width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:var(--ink)}
        img{max-width:100%;height:auto}.side{display:flex;flex-wrap:wrap;gap:2.5rem}
        """;

    /// <summary>Renders the page.</summary>
    public static string Render(ReportContents contents)
    {
        ArgumentNullException.ThrowIfNull(contents);
        var (report, figure, run, history, statistics) = contents;
        var metrics = report.Metrics;
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <title>{Text(report.Run)} on {Text(report.Split)}</title><style>{Style}</style></head><body>
            <h1>{Text(report.Run)} on the {Text(report.Split)} split of {Text(report.Dataset)}</h1>
            <p class="lead">Mean IoU <b>{Number(metrics.MeanIoU)}</b>{Range(report.Intervals?.MeanIoU)} over {metrics.Classes.Count(c => c.IoU is not null)} of {metrics.Classes.Count} classes,
            {report.Images} images, {SizeOf(report)}.</p>

            """);
        ClassesSection(page, report, statistics);
        SizesSection(page, report);
        page.Append("<h2>Confusion</h2><p class=\"pale\">Of the pixels of each class (rows), the share predicted as each class (columns).</p>").Append(ConfusionTable.Render(report));
        if (report.Calibration is { } calibration)
            CalibrationSection(page, calibration);
        page.Append("<h2>Images</h2><img alt=\"Input, ground truth, prediction and errors\" src=\"data:image/png;base64,")
            .Append(Convert.ToBase64String(figure.Span)).Append("\">");
        ScoresSection(page, report);
        CurvesSection(page, history, run);
        DatasetSection(page, report, statistics);
        LineageSection(page, report, run);
        return page.Append("</body></html>\n").ToString();
    }

    internal static string Text(string value) => HtmlEncoder.Default.Encode(value);

    internal static string Number(double? value) => value?.ToString("F3", CultureInfo.InvariantCulture) ?? "–";

    internal static string Swatch(int index)
    {
        var (r, g, b) = Palette.Default[index];
        return $"<i class=\"swatch\" style=\"background:rgb({r},{g},{b})\"></i>";
    }

    private static string Range(ScoreInterval? interval) =>
        interval is null ? "" : $" <span class=\"pale\">[{Number(interval.Low)}, {Number(interval.High)}]</span>";

    private static string SizeOf(EvaluationReport report) => report.Settings?.OriginalSize == true
        ? "at each image's own size"
        : $"at {report.ImageSize} x {report.ImageSize}";

    private static void ClassesSection(StringBuilder page, EvaluationReport report, DatasetStatistics statistics)
    {
        var (classes, images) = (statistics.Splits[report.Split].Classes, statistics.Splits[report.Split].Images);
        page.Append("""
            <h2>By class</h2><p class="pale">In brackets and as whiskers: 95% intervals by bootstrap over images. A dash: the class is absent, so that the score has no meaning. On the right: how many images of the split show the class.</p>
            <table><tr><th>class</th><th>IoU</th><th></th><th>Dice</th><th>precision</th><th>recall</th><th>boundary IoU</th><th>pixels</th><th>images</th><th></th></tr>
            """);
        foreach (var scores in report.Metrics.Classes)
        {
            var interval = report.Intervals?.ClassIoU[scores.Index];
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Swatch(scores.Index)}{Text(report.Classes[scores.Index])}</td><td>{Number(scores.IoU)}{Range(interval)}</td><td>{Charts.Bar(scores.IoU, interval)}</td><td>{Number(scores.Dice)}</td><td>{Number(scores.Precision)}</td><td>{Number(scores.Recall)}</td><td>{Number(report.BoundaryIoU.Count > 0 ? report.BoundaryIoU[scores.Index] : null)}</td><td>{scores.Support:N0}</td><td>{classes[scores.Index].Images:N0}</td><td>{Charts.Bar((double)classes[scores.Index].Images / Math.Max(1, images), length: 80)}</td></tr>");
        }

        var metrics = report.Metrics;
        page.Append(CultureInfo.InvariantCulture, $"<tr class=\"mean\"><td>mean</td><td>{Number(metrics.MeanIoU)}{Range(report.Intervals?.MeanIoU)}</td><td>{Charts.Bar(metrics.MeanIoU, report.Intervals?.MeanIoU)}</td><td>{Number(metrics.MeanDice)}</td><td>{Number(metrics.Classes.Average(c => c.Precision))}</td><td>{Number(metrics.MeanAccuracy)}</td><td>{Number(report.BoundaryIoU.Average())}</td><td>{metrics.Pixels:N0}</td><td>{images:N0}</td><td></td></tr></table>");
        page.Append(CultureInfo.InvariantCulture, $"<p>Pixel accuracy {Number(metrics.PixelAccuracy)}{Range(report.Intervals?.PixelAccuracy)}, frequency-weighted IoU {Number(metrics.FrequencyWeightedIoU)}, cross-entropy {Number(report.Loss)}.</p>");
    }

    private static void SizesSection(StringBuilder page, EvaluationReport report)
    {
        page.Append("<h2>By size of objects</h2>");
        if (report.Sizes is not { } sizes)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"pale\">{Text(report.NoSizes ?? "This report was made before they were measured.")}</p>");
            return;
        }

        page.Append("<p class=\"pale\">IoU within the boxes around the objects of each size, and how many there are. Small is less than 32 x 32 pixels of the source's picture, large at least 96 x 96.</p><table><tr><th class=\"over\"></th>");
        foreach (var size in sizes)
            page.Append(CultureInfo.InvariantCulture, $"<th class=\"over\" colspan=\"3\">{size.Size.ToString().ToLowerInvariant()}</th>");
        page.Append("</tr><tr><th>class</th>").Insert(page.Length, "<th>IoU</th><th></th><th>objects</th>", sizes.Count).Append("</tr>");
        for (var c = 1; c < report.Classes.Count; c++)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Swatch(c)}{Text(report.Classes[c])}</td>");
            foreach (var size in sizes)
                page.Append(CultureInfo.InvariantCulture, $"<td>{Number(size.Classes[c].IoU)}</td><td>{Charts.Bar(size.Classes[c].IoU, length: 80)}</td><td>{size.Objects[c]:N0}</td>");
            page.Append("</tr>");
        }

        page.Append("<tr class=\"mean\"><td>mean</td>");
        foreach (var size in sizes)
            page.Append(CultureInfo.InvariantCulture, $"<td>{Number(size.MeanIoU)}</td><td>{Charts.Bar(size.MeanIoU, length: 80)}</td><td>{size.Objects.Sum():N0}</td>");
        page.Append("</tr></table>");
    }

    private static void CalibrationSection(StringBuilder page, CalibrationMetrics calibration)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h2>Calibration</h2><p>Expected calibration error <b>{Number(calibration.ExpectedError)}</b>: how far confidence and accuracy lie apart, over {Reliability.Bins} bins of confidence.</p><div class=\"side\">{Charts.Reliability(calibration)}<table><tr><th>confidence</th><th>pixels</th><th>mean confidence</th><th>accuracy</th></tr>");
        foreach (var bin in calibration.Bins.Where(bin => bin.Pixels > 0))
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{bin.Above:F2} – {bin.UpTo:F2}</td><td>{bin.Pixels:N0}</td><td>{Number(bin.Confidence)}</td><td>{Number(bin.Accuracy)}</td></tr>");
        page.Append("</table></div>");
    }

    private static void ScoresSection(StringBuilder page, EvaluationReport report)
    {
        page.Append("<div class=\"side\">");
        foreach (var (title, images) in new[] { ("lowest", report.Worst), ("highest", report.Best) })
        {
            page.Append(CultureInfo.InvariantCulture, $"<table><tr><th>{title}</th><th>mean IoU</th></tr>");
            foreach (var image in images)
                page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(image.Key)}</td><td>{Number(image.MeanIoU)}</td></tr>");
            page.Append("</table>");
        }

        page.Append("</div>");
    }

    private static void CurvesSection(StringBuilder page, IReadOnlyList<EpochReport> history, RunManifest run)
    {
        if (history.Count == 0)
            return;
        page.Append(CultureInfo.InvariantCulture, $"<h2>Training</h2><p>{history.Count} epochs; the weights are those of epoch {run.BestEpoch}, chosen by {Text(run.Criterion)}.</p><div class=\"side\">")
            .Append(Charts.Curves("mean IoU", [("train", [.. history.Select(e => e.Train.MeanIoU)]), ("validation", [.. history.Select(e => e.Validation.MeanIoU)])]))
            .Append(Charts.Curves("cross-entropy", [("train", [.. history.Select(e => (double?)e.TrainLoss)]), ("validation", [.. history.Select(e => (double?)e.ValidationLoss)])]))
            .Append("</div>");
    }

    private static void DatasetSection(StringBuilder page, EvaluationReport report, DatasetStatistics statistics)
    {
        page.Append("<h2>Dataset</h2><p class=\"pale\">Images that show each class, and its share of the valid pixels.</p><table><tr><th>class</th>");
        var splits = SplitOrder.Where(statistics.Splits.ContainsKey).ToList();
        foreach (var split in splits)
            page.Append(CultureInfo.InvariantCulture, $"<th>{Text(split)} images</th><th>{Text(split)} pixels</th>");
        page.Append("</tr>");
        for (var c = 0; c < report.Classes.Count; c++)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Swatch(c)}{Text(report.Classes[c])}</td>");
            foreach (var split in splits.Select(name => statistics.Splits[name]))
                page.Append(CultureInfo.InvariantCulture, $"<td>{split.Classes[c].Images:N0}</td><td>{(split.ValidPixels == 0 ? "–" : ((double)split.Classes[c].Pixels / split.ValidPixels).ToString("P2", CultureInfo.InvariantCulture))}</td>");
            page.Append("</tr>");
        }

        page.Append("</table>");
    }

    private static void LineageSection(StringBuilder page, EvaluationReport report, RunManifest run)
    {
        (string Name, string Value)[] facts =
        [
            ("evaluation", report.Id),
            ("finished", report.CreatedAt.ToString("u", CultureInfo.InvariantCulture)),
            ("measured", SizeOf(report) + Looks(report.Settings)),
            ("dataset", $"{report.Dataset}, sha256 {report.DatasetDigest}"),
            ("trained on", $"{run.Dataset}, sha256 {run.DatasetDigest}"),
            ("model", $"{run.Id}, epoch {run.BestEpoch}, sha256 {report.ModelSha256}"),
            ("first weights", report.InitialWeights),
            ("network", run.Options.Network),
            ("recipe", JsonSerializer.Serialize(run.Options, RunJson.Default.TrainingOptions)),
            ("seed", run.Options.Seed.ToString(CultureInfo.InvariantCulture)),
            ("program", $"evaluated by {report.ProgramVersion}, trained by {run.ProgramVersion}"),
            ("hardware", report.Hardware),
            ("took", FormattableString.Invariant($"{report.Seconds:F1} s")),
        ];
        page.Append("<h2>Lineage</h2><table class=\"facts\">");
        foreach (var (name, value) in facts)
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{name}</td><td>{Text(value)}</td></tr>");
        page.Append("</table>");
    }

    private static string Looks(EvaluationSettings? settings) => settings?.Inference switch
    {
        null => "",
        { SlidingWindow: true } => ", through overlapping windows",
        { Flip: false, Scales: [1] } => "",
        var looks => $", averaged over scales {string.Join(", ", looks.Scales)}{(looks.Flip ? " and mirrored images" : "")}",
    };
}
