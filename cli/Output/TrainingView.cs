using Maskwright.Training.V1;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>Training runs as tables.</summary>
internal static class TrainingView
{
    /// <summary>Classes that get a column each; with more, only the mean has one.</summary>
    private const int MaxClassColumns = 10;

    /// <summary>Characters a line from which names are written out.</summary>
    private const int NarrowWidth = 105;

    /// <summary>Letters of a class name where the terminal is narrow.</summary>
    private const int ShortName = 6;

    public static void List(Terminal terminal, IReadOnlyCollection<TrainingRun> runs) =>
        new FittingTable<TrainingRun>(runs)
            .Words("training run", run => Markup.Escape(run.Name))
            .Words("state", run => StateText.Markup(StateText.Of(run.State)))
            .Words("dataset", run => Markup.Escape(run.Dataset), worth: 2)
            .Numbers("epochs", run => EpochText.Number(run.Epochs.Count, run))
            .Numbers("best val mIoU", run =>
                Numbers.Share(run.Epochs.FirstOrDefault(epoch => epoch.Number == run.BestEpoch)?.Val?.MeanIou))
            .Words("created (UTC)", run => Numbers.Time(run.CreateTime), worth: 3)
            .Numbers("took", run => Numbers.Duration(run.Took), worth: 1)
            .Write(terminal);

    public static void Show(Terminal terminal, TrainingRun run)
    {
        Epochs(terminal, run);
        terminal.Console.Write(TableStyle.Facts(
        [
            ("training run", run.Name),
            ("state", StateText.Of(run.State)),
            ("best epoch", run.BestEpoch == 0 ? Numbers.None : $"{run.BestEpoch}"),
            ("took", Numbers.Duration(run.Took)),
            ("peak memory", Numbers.Bytes(run.PeakMemoryBytes)),
            ("last checkpoint", run.LastCheckpoint is { } checkpoint ? $"after step {checkpoint.Step}, in epoch {checkpoint.Epoch}, {Numbers.Time(checkpoint.Time)} UTC" : Numbers.None),
            ("restarts", run.Restarts.Count == 0 ? Numbers.None : $"{run.Restarts.Count}; {run.Restarts[^1].Reason}"),
            ("model digest", run.ModelDigest.Length > 0 ? run.ModelDigest : Numbers.None),
            ("tracked as", run.MetricsRun.Length > 0 ? run.MetricsRun : Numbers.None),
        ]));
    }

    /// <summary>Losses, mean IoU and the IoU of every class, epoch by epoch; the best one is marked.</summary>
    public static void Epochs(Terminal terminal, TrainingRun run)
    {
        if (run.Epochs.Count == 0)
            return;
        var names = run.Epochs[^1].Val?.Classes.Select(scores => scores.Name).ToList() ?? [];
        if (names.Count > MaxClassColumns)
            names = [];
        var narrow = terminal.Console.Profile.Width < NarrowWidth;
        terminal.Heading($"Epochs of {run.Name}, with the validation IoU of every class");
        var table = new FittingTable<Epoch>(run.Epochs)
            .Numbers("epoch", epoch => epoch.Number == run.BestEpoch ? $"[green]* {epoch.Number}[/]" : $"{epoch.Number}")
            .Numbers("loss", epoch => Numbers.Loss(epoch.TrainLoss))
            .Numbers(narrow ? "val" : "val loss", epoch => Numbers.Loss(epoch.ValLoss))
            .Numbers("mIoU", epoch => epoch.Number == run.BestEpoch
                ? $"[green]{Numbers.Share(epoch.Val?.MeanIou)}[/]"
                : Numbers.Share(epoch.Val?.MeanIou));
        foreach (var (index, name) in names.Index())
            table.Numbers(narrow && name.Length > ShortName ? name[..ShortName] : name, epoch => Iou(epoch, index), worth: 100 - index);
        table
            .Numbers("img/s", epoch => $"{epoch.ImagesPerSecond:0.0}", worth: 1)
            .Numbers("time", epoch => Numbers.Duration(TimeSpan.FromSeconds(epoch.TrainSeconds + epoch.ValSeconds)), worth: 2)
            .Write(terminal);
    }

    private static string Iou(Epoch epoch, int index) =>
        epoch.Val is { } scores && index < scores.Classes.Count && scores.Classes[index].HasIou
            ? Numbers.Share(scores.Classes[index].Iou)
            : Numbers.None;
}
