using Maskwright.Training.V1;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>Training runs as tables.</summary>
internal static class TrainingView
{
    /// <summary>Classes that get a column each; with more, only the mean has one.</summary>
    private const int MaxClassColumns = 10;

    /// <summary>Letters of a class name where the terminal is narrow.</summary>
    private const int ShortName = 6;

    public static void List(Terminal terminal, IReadOnlyCollection<TrainingRun> runs)
    {
        var table = TableStyle.Create().Words("training run").Words("state").Words("dataset").Numbers("epochs").Numbers("best val mIoU")
            .Words("created (UTC)").Numbers("took");
        foreach (var run in runs)
        {
            var best = run.Epochs.FirstOrDefault(epoch => epoch.Number == run.BestEpoch);
            table.AddRow(
                Markup.Escape(run.Name),
                StateText.Markup(StateText.Of(run.State)),
                Markup.Escape(run.Dataset),
                EpochText.Number(run.Epochs.Count, run),
                best is null ? Numbers.None : Numbers.Share(best.Val?.MeanIou),
                Numbers.Time(run.CreateTime),
                Numbers.Between(run.StartTime, run.EndTime));
        }

        terminal.Console.Write(table);
    }

    public static void Show(Terminal terminal, TrainingRun run)
    {
        Epochs(terminal, run);
        terminal.Console.Write(TableStyle.Facts(null,
        [
            ("training run", run.Name),
            ("state", StateText.Of(run.State)),
            ("best epoch", run.BestEpoch == 0 ? Numbers.None : $"{run.BestEpoch}"),
            ("took", Numbers.Between(run.StartTime, run.EndTime)),
            ("peak memory", Numbers.Bytes(run.PeakMemoryBytes)),
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
        var shorten = names.Sum(name => Math.Max(5, name.Length) + 2) + 52 > terminal.Console.Profile.Width;
        var table = TableStyle.Create($"Epochs of {run.Name} (validation IoU by class)")
            .Numbers("epoch").Numbers("loss").Numbers("val loss").Numbers("mIoU");
        foreach (var name in names)
            table.Numbers(shorten && name.Length > ShortName ? name[..ShortName] : name);
        table.Numbers("img/s").Numbers("time");
        foreach (var epoch in run.Epochs)
        {
            var best = epoch.Number == run.BestEpoch;
            table.AddRow([
                best ? $"[green]* {epoch.Number}[/]" : $"{epoch.Number}",
                Numbers.Figure(epoch.TrainLoss),
                Numbers.Figure(epoch.ValLoss),
                best ? $"[green]{Numbers.Share(epoch.Val?.MeanIou)}[/]" : Numbers.Share(epoch.Val?.MeanIou),
                .. names.Select((_, index) => Iou(epoch, index)),
                $"{epoch.ImagesPerSecond:0.0}",
                Numbers.Duration(TimeSpan.FromSeconds(epoch.TrainSeconds + epoch.ValSeconds)),
            ]);
        }

        terminal.Console.Write(table);
    }

    private static string Iou(Epoch epoch, int index) =>
        epoch.Val is { } scores && index < scores.Classes.Count && scores.Classes[index].HasIou
            ? Numbers.Share(scores.Classes[index].Iou)
            : Numbers.None;
}
