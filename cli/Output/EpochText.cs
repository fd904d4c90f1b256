using Maskwright.Training.V1;

namespace Maskwright.Cli;

/// <summary>One epoch in one line.</summary>
internal static class EpochText
{
    /// <summary>Classes named in a line at most; all are in the table.</summary>
    private const int MaxClasses = 8;

    /// <summary><c>epoch 3/15  loss 0.412  val loss 0.388  val mIoU 0.612  (person 0.71, …)  12.3 images/s  best</c>; the classes are left out where they do not fit.</summary>
    public static string Line(Epoch epoch, TrainingRun run, int width)
    {
        var classes = epoch.Val?.Classes.Where(scores => scores.HasIou).Take(MaxClasses)
            .Select(scores => $"{scores.Name} {scores.Iou:0.00}") ?? [];
        var figures = $"epoch {Number(epoch.Number, run)}  loss {Numbers.Loss(epoch.TrainLoss)}  val loss {Numbers.Loss(epoch.ValLoss)}  "
            + $"val mIoU {Numbers.Share(epoch.Val?.MeanIou)}";
        var byClass = $"  ({string.Join(", ", classes)})";
        var speed = $"  {epoch.ImagesPerSecond:0.0} images/s{(epoch.Best ? "  best" : "")}";
        return figures.Length + byClass.Length + speed.Length <= width ? figures + byClass + speed : figures + speed;
    }

    /// <summary><c>3/15</c>, or <c>3</c> where the recipe does not say how many there will be.</summary>
    public static string Number(int number, TrainingRun run) =>
        run.Options is { HasEpochs: true } options ? $"{number}/{options.Epochs}" : $"{number}";
}
