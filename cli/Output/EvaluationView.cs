using Maskwright.Evaluation.V1;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>Evaluations and predictions as tables.</summary>
internal static class EvaluationView
{
    public static void Show(Terminal terminal, Evaluation.V1.Evaluation evaluation)
    {
        if (evaluation.Report is not { } report)
            return;
        var split = evaluation.Split.Length > 0 ? evaluation.Split : "test";
        var size = report.Size == MeasuredSize.Original ? "their own size" : $"{report.ImageSize} x {report.ImageSize}";
        terminal.Heading($"{evaluation.Model} on {split}, {report.Images:N0} images at {size}");
        var table = TableStyle.Create()
            .Words("class").Numbers("IoU").Words("95%").Numbers("Dice").Numbers("precision").Numbers("recall").Numbers("boundary").Numbers("pixels");
        foreach (var row in report.Classes)
        {
            table.AddRow(
                Markup.Escape(row.Name),
                Numbers.Share(row.HasIou ? row.Iou : null),
                Range(row.IouInterval),
                Numbers.Share(row.HasDice ? row.Dice : null),
                Numbers.Share(row.HasPrecision ? row.Precision : null),
                Numbers.Share(row.HasRecall ? row.Recall : null),
                Numbers.Share(row.HasBoundaryIou ? row.BoundaryIou : null),
                $"{row.Support:N0}");
        }

        table.AddEmptyRow();
        table.AddRow(
            $"[bold]mean of {report.ClassesPresent}[/]",
            $"[bold]{Numbers.Share(report.MeanIou)}[/]",
            $"[bold]{Range(report.MeanIouInterval)}[/]",
            $"[bold]{Numbers.Share(report.MeanDice)}[/]",
            "",
            $"[bold]{Numbers.Share(report.MeanAccuracy)}[/]",
            $"[bold]{Numbers.Share(report.HasMeanBoundaryIou ? report.MeanBoundaryIou : null)}[/]",
            $"[bold]{report.ValidPixels:N0}[/]");
        terminal.Console.Write(table);
        ShowSizes(terminal, report);
        terminal.Console.Write(TableStyle.Facts(
        [
            ("evaluation", evaluation.Name),
            ("pixel accuracy", Numbers.Share(report.PixelAccuracy)),
            ("frequency-weighted IoU", Numbers.Share(report.FrequencyWeightedIou)),
            ("calibration error", Numbers.Share(report.HasCalibrationError ? report.CalibrationError : null)),
            ("hardest images", report.Worst.Count > 0 ? string.Join(", ", report.Worst.Take(3).Select(image => $"{image.Key} ({image.MeanIou:0.000})")) : Numbers.None),
            ("took", Numbers.Between(evaluation.StartTime, evaluation.EndTime)),
            ("report", evaluation.HtmlKey.Length > 0 ? evaluation.HtmlKey : evaluation.ReportKey.Length > 0 ? evaluation.ReportKey : Numbers.None),
            ("figure", evaluation.FigureKey.Length > 0 ? evaluation.FigureKey : Numbers.None),
        ]));
    }

    private static void ShowSizes(Terminal terminal, Report report)
    {
        if (report.Sizes.Count == 0)
        {
            terminal.Console.MarkupLineInterpolated($"[grey]No scores by size of objects. {report.NoSizes}[/]");
            return;
        }

        terminal.Heading("By size of objects: IoU within their boxes, and how many");
        var table = TableStyle.Create().Words("class");
        foreach (var size in report.Sizes)
            table.Numbers(size.Size).Numbers("objects");
        foreach (var row in report.Classes.Skip(1))
        {
            var cells = report.Sizes.Select(size => size.Classes[row.Index])
                .SelectMany(scores => new[] { Numbers.Share(scores.HasIou ? scores.Iou : null), $"{scores.Objects:N0}" });
            table.AddRow([Markup.Escape(row.Name), .. cells]);
        }

        table.AddRow(["[bold]mean[/]", .. report.Sizes.SelectMany(size => new[] { $"[bold]{Numbers.Share(size.HasMeanIou ? size.MeanIou : null)}[/]", $"[bold]{size.Classes.Sum(scores => scores.Objects):N0}[/]" })]);
        terminal.Console.Write(table);
    }

    private static string Range(Interval? interval) => interval is null ? Numbers.None : $"{interval.Low:0.00}–{interval.High:0.00}";

    public static void Prediction(Terminal terminal, string file, PredictResponse answer, IEnumerable<(string Name, string Path)> files)
    {
        terminal.Heading($"{file}, {answer.Width} x {answer.Height}");
        var table = TableStyle.Create().Words("class").Numbers("share").Words("");
        foreach (var share in answer.Shares.Where(share => share.Share > 0).OrderByDescending(share => share.Share))
        {
            table.AddRow(
                Markup.Escape(share.Name),
                $"{share.Share * 100:0.0} %",
                $"[blue]{new string('█', (int)Math.Round(share.Share * 30))}[/]");
        }

        terminal.Console.Write(table);
        terminal.Console.Write(TableStyle.Facts([.. files]));
    }
}
