using Maskwright.Training.V1;

namespace Maskwright.Cli;

/// <summary>One epoch in one line.</summary>
internal static class EpochText
{
    /// <summary>Classes named in a line at most; all are in the table.</summary>
    private const int MaxClasses = 8;

    /// <summary><c>epoch 3/15  loss 0.412  val loss 0.388  val mIoU 0.612  (person 0.71, …)  12.3 images/s  best</c></summary>
    public static string Line(Epoch epoch, TrainingRun run)
    {
        var classes = epoch.Val?.Classes.Where(scores => scores.HasIou).Take(MaxClasses)
            .Select(scores => $"{scores.Name} {scores.Iou:0.00}") ?? [];
        return $"epoch {Number(epoch.Number, run)}  loss {Numbers.Figure(epoch.TrainLoss)}  val loss {Numbers.Figure(epoch.ValLoss)}  "
            + $"val mIoU {Numbers.Share(epoch.Val?.MeanIou)}  ({string.Join(", ", classes)})  "
            + $"{epoch.ImagesPerSecond:0.0} images/s{(epoch.Best ? "  best" : "")}";
    }

    /// <summary><c>3/15</c>, or <c>3</c> where the recipe does not say how many there will be.</summary>
    public static string Number(int number, TrainingRun run) =>
        run.Options is { HasEpochs: true } options ? $"{number}/{options.Epochs}" : $"{number}";
}
