using Google.Protobuf.WellKnownTypes;
using Maskwright.Segmentation;
using Maskwright.Training.V1;

namespace Maskwright.Trainer;

/// <summary>The library's epochs in the contract's terms.</summary>
internal static class EpochMapping
{
    public static Epoch ToWire(EpochReport report, IReadOnlyList<string> classes, DateTimeOffset endTime) => new()
    {
        Number = report.Number,
        TrainLoss = report.TrainLoss,
        Train = ToWire(report.Train, classes),
        ValLoss = report.ValidationLoss,
        Val = ToWire(report.Validation, classes),
        LearningRate = report.LearningRate,
        ImagesPerSecond = report.ImagesPerSecond,
        TrainSeconds = report.TrainSeconds,
        ValSeconds = report.ValidationSeconds,
        Best = report.IsBest,
        EndTime = Timestamp.FromDateTimeOffset(endTime),
        PeakMemoryBytes = report.PeakMemoryBytes,
        DataWait = report.TrainSeconds > 0 ? report.DataWaitSeconds / report.TrainSeconds : 0,
        GradientNorm = report.GradientNorm,
    };

    // A split without a single valid pixel has no means; its scores of 0 stand beside supports of 0.
    private static Scores ToWire(SegmentationMetrics metrics, IReadOnlyList<string> classes) => new()
    {
        MeanIou = metrics.MeanIoU ?? 0,
        MeanDice = metrics.MeanDice ?? 0,
        PixelAccuracy = metrics.PixelAccuracy ?? 0,
        MeanAccuracy = metrics.MeanAccuracy ?? 0,
        Classes = { metrics.Classes.Select(scores => ToWire(scores, classes[scores.Index])) },
    };

    private static ClassScores ToWire(ClassMetrics metrics, string name)
    {
        var scores = new ClassScores { Index = metrics.Index, Name = name, Support = metrics.Support };
        if (metrics.IoU is { } iou)
            scores.Iou = iou;
        if (metrics.Dice is { } dice)
            scores.Dice = dice;
        if (metrics.Recall is { } recall)
            scores.Accuracy = recall;
        return scores;
    }
}
