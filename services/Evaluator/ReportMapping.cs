using Maskwright.Evaluation.V1;
using Maskwright.Segmentation;

namespace Maskwright.Evaluator;

/// <summary>The library's report in the contract's terms.</summary>
internal static class ReportMapping
{
    public static Report ToWire(EvaluationReport report) => new()
    {
        Images = report.Images,
        ValidPixels = report.Metrics.Pixels,
        MeanIou = report.Metrics.MeanIoU ?? 0,
        MeanDice = report.Metrics.MeanDice ?? 0,
        PixelAccuracy = report.Metrics.PixelAccuracy ?? 0,
        MeanAccuracy = report.Metrics.MeanAccuracy ?? 0,
        FrequencyWeightedIou = report.Metrics.FrequencyWeightedIoU ?? 0,
        ClassesPresent = report.Metrics.Classes.Count(scores => scores.IoU is not null),
        Classes = { report.Metrics.Classes.Select(scores => ToWire(scores, report.Classes[scores.Index])) },
        Confusion = { report.Confusion },
        ImageSize = report.ImageSize,
    };

    private static ClassReport ToWire(ClassMetrics metrics, string name)
    {
        var report = new ClassReport { Index = metrics.Index, Name = name, Support = metrics.Support };
        if (metrics.IoU is { } iou)
            report.Iou = iou;
        if (metrics.Dice is { } dice)
            report.Dice = dice;
        if (metrics.Precision is { } precision)
            report.Precision = precision;
        if (metrics.Recall is { } recall)
            report.Recall = recall;
        return report;
    }
}
