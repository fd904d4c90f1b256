using Maskwright.Evaluation.V1;
using Maskwright.Segmentation;
using WireBin = Maskwright.Evaluation.V1.ReliabilityBin;
using WireDifference = Maskwright.Evaluation.V1.ScoreDifference;
using WireImage = Maskwright.Evaluation.V1.ImageScore;

namespace Maskwright.Evaluator;

/// <summary>The library's report in the contract's terms.</summary>
internal static class ReportMapping
{
    public static Report ToWire(EvaluationReport report)
    {
        var metrics = report.Metrics;
        var wire = new Report
        {
            Images = report.Images,
            ValidPixels = metrics.Pixels,
            MeanIou = metrics.MeanIoU ?? 0,
            MeanDice = metrics.MeanDice ?? 0,
            PixelAccuracy = metrics.PixelAccuracy ?? 0,
            MeanAccuracy = metrics.MeanAccuracy ?? 0,
            FrequencyWeightedIou = metrics.FrequencyWeightedIoU ?? 0,
            ClassesPresent = metrics.Classes.Count(scores => scores.IoU is not null),
            Classes = { metrics.Classes.Select(scores => ToWire(scores, report)) },
            Confusion = { report.Confusion },
            ImageSize = report.ImageSize,
            Size = report.Settings?.OriginalSize == true ? MeasuredSize.Original : MeasuredSize.Network,
            MeanIouInterval = ToWire(report.Intervals?.MeanIoU),
            MeanDiceInterval = ToWire(report.Intervals?.MeanDice),
            PixelAccuracyInterval = ToWire(report.Intervals?.PixelAccuracy),
            Reliability = { report.Calibration?.Bins.Select(ToWire) ?? [] },
            Worst = { report.Worst.Select(ToWire) },
            Best = { report.Best.Select(ToWire) },
            Sizes = { report.Sizes?.Select(size => ToWire(size, report)) ?? [] },
            NoSizes = report.NoSizes ?? "",
        };
        if (report.BoundaryIoU.Average() is { } boundary)
            wire.MeanBoundaryIou = boundary;
        if (report.Calibration?.ExpectedError is { } error)
            wire.CalibrationError = error;
        if (report.Loss is { } loss)
            wire.Loss = loss;
        return wire;
    }

    public static WireDifference ToWire(Segmentation.ScoreDifference difference, string className)
    {
        var wire = new WireDifference { ClassName = className, Interval = ToWire(difference.Interval), Verdict = difference.Verdict };
        if (difference.Value is { } value)
            wire.Value = value;
        return wire;
    }

    private static ClassReport ToWire(ClassMetrics metrics, EvaluationReport report)
    {
        var wire = Scores(metrics, report.Classes[metrics.Index]);
        wire.IouInterval = ToWire(report.Intervals?.ClassIoU[metrics.Index]);
        if (report.BoundaryIoU.ElementAtOrDefault(metrics.Index) is { } boundary)
            wire.BoundaryIou = boundary;
        return wire;
    }

    private static SizeReport ToWire(SizeMetrics size, EvaluationReport report)
    {
        var wire = new SizeReport { Size = size.Size.ToString().ToLowerInvariant() };
        if (size.MeanIoU is { } mean)
            wire.MeanIou = mean;
        foreach (var scores in size.Classes)
        {
            var own = Scores(scores, report.Classes[scores.Index]);
            own.Objects = size.Objects[scores.Index];
            wire.Classes.Add(own);
        }

        return wire;
    }

    private static ClassReport Scores(ClassMetrics metrics, string name)
    {
        var wire = new ClassReport { Index = metrics.Index, Name = name, Support = metrics.Support };
        if (metrics.IoU is { } iou)
            wire.Iou = iou;
        if (metrics.Dice is { } dice)
            wire.Dice = dice;
        if (metrics.Precision is { } precision)
            wire.Precision = precision;
        if (metrics.Recall is { } recall)
            wire.Recall = recall;
        return wire;
    }

    private static Interval? ToWire(ScoreInterval? interval) =>
        interval is null ? null : new Interval { Low = interval.Low, High = interval.High };

    private static WireBin ToWire(Segmentation.ReliabilityBin bin)
    {
        var wire = new WireBin { Above = bin.Above, UpTo = bin.UpTo, Pixels = bin.Pixels };
        if (bin.Confidence is { } confidence)
            wire.Confidence = confidence;
        if (bin.Accuracy is { } accuracy)
            wire.Accuracy = accuracy;
        return wire;
    }

    private static WireImage ToWire(Segmentation.ImageScore score) => new() { Key = score.Key, MeanIou = score.MeanIoU };
}
