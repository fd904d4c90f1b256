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
        terminal.Heading($"{evaluation.Model} on {split}, {report.Images:N0} images at {report.ImageSize} x {report.ImageSize}");
        var table = TableStyle.Create()
            .Words("class").Numbers("IoU").Numbers("Dice").Numbers("precision").Numbers("recall").Numbers("support (pixels)");
        foreach (var row in report.Classes)
        {
            table.AddRow(
                Markup.Escape(row.Name),
                Numbers.Share(row.HasIou ? row.Iou : null),
                Numbers.Share(row.HasDice ? row.Dice : null),
                Numbers.Share(row.HasPrecision ? row.Precision : null),
                Numbers.Share(row.HasRecall ? row.Recall : null),
                $"{row.Support:N0}");
        }

        table.AddEmptyRow();
        table.AddRow(
            $"[bold]mean of {report.ClassesPresent}[/]",
            $"[bold]{Numbers.Share(report.MeanIou)}[/]",
            $"[bold]{Numbers.Share(report.MeanDice)}[/]",
            "",
            $"[bold]{Numbers.Share(report.MeanAccuracy)}[/]",
            $"[bold]{report.ValidPixels:N0}[/]");
        terminal.Console.Write(table);
        terminal.Console.Write(TableStyle.Facts(
        [
            ("evaluation", evaluation.Name),
            ("pixel accuracy", Numbers.Share(report.PixelAccuracy)),
            ("frequency-weighted IoU", Numbers.Share(report.FrequencyWeightedIou)),
            ("took", Numbers.Between(evaluation.StartTime, evaluation.EndTime)),
            ("report", evaluation.ReportKey.Length > 0 ? evaluation.ReportKey : Numbers.None),
            ("figure", evaluation.FigureKey.Length > 0 ? evaluation.FigureKey : Numbers.None),
        ]));
    }

    public static void Prediction(Terminal terminal, string file, PredictResponse answer, string mask, string overlay)
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
        terminal.Console.Write(TableStyle.Facts([("mask", mask), ("overlay", overlay)]));
    }
}
