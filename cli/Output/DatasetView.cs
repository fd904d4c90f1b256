using Maskwright.Dataset.V1;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>Datasets as tables.</summary>
internal static class DatasetView
{
    public static void List(Terminal terminal, IReadOnlyCollection<Dataset.V1.Dataset> datasets) =>
        new FittingTable<Dataset.V1.Dataset>(datasets)
            .Words("dataset", dataset => Markup.Escape(dataset.Name))
            .Words("state", dataset => StateText.Markup(StateText.Of(dataset.State)))
            .Numbers("images", dataset =>
                dataset.Statistics is { } statistics ? $"{statistics.Splits.Sum(split => split.Images):N0}" : Numbers.None)
            .Words("source", dataset => Markup.Escape(Source(dataset)), worth: 2)
            .Words("created (UTC)", dataset => Numbers.Time(dataset.CreateTime), worth: 3)
            .Numbers("took", dataset => Numbers.Between(dataset.StartTime, dataset.EndTime), worth: 1)
            .Write(terminal);

    public static void Show(Terminal terminal, Dataset.V1.Dataset dataset)
    {
        terminal.Heading(dataset.Name);
        terminal.Console.Write(TableStyle.Facts(
        [
            ("state", StateText.Of(dataset.State)),
            ("source", Source(dataset)),
            ("created (UTC)", Numbers.Time(dataset.CreateTime)),
            ("took", Numbers.Between(dataset.StartTime, dataset.EndTime)),
            ("digest", dataset.Digest.Length > 0 ? dataset.Digest : Numbers.None),
            ("manifest", dataset.ManifestKey.Length > 0 ? dataset.ManifestKey : Numbers.None),
        ]));
        if (dataset.Statistics is not { } statistics)
            return;
        DatasetStatisticsView.Classes(terminal, statistics);
        DatasetStatisticsView.Details(terminal, statistics);
        if (statistics.Skipped is { } skipped)
            Skipped(terminal, skipped);
    }

    private static void Skipped(Terminal terminal, SkippedInput skipped)
    {
        const int shown = 20;
        terminal.Heading($"Left out because it cannot be used: {skipped.Images:N0} images, {skipped.Annotations:N0} annotations");
        foreach (var cause in skipped.Causes.Take(shown))
            terminal.Console.WriteLine(cause);
        if (skipped.Causes.Count > shown)
            terminal.Console.WriteLine($"… and {skipped.Causes.Count - shown:N0} more; --json lists them");
    }

    private static string Source(Dataset.V1.Dataset dataset) => dataset.SourceCase switch
    {
        Dataset.V1.Dataset.SourceOneofCase.CocoFolder => dataset.CocoFolder.Path,
        Dataset.V1.Dataset.SourceOneofCase.CocoFiles => string.Join(", ", dataset.CocoFiles.Images.Append(dataset.CocoFiles.Annotations).OfType<Location>().Select(place => place.Uri)),
        Dataset.V1.Dataset.SourceOneofCase.VocFiles => $"VOC {dataset.VocFiles.Location.Uri}",
        Dataset.V1.Dataset.SourceOneofCase.MaskFiles => $"masks {dataset.MaskFiles.Images.Uri}",
        Dataset.V1.Dataset.SourceOneofCase.Preset => $"preset {dataset.Preset.Name}",
        Dataset.V1.Dataset.SourceOneofCase.GeneratedScenes =>
            $"{(dataset.GeneratedScenes.Count == 0 ? "generated" : $"{dataset.GeneratedScenes.Count:N0} generated")} scenes, seed {dataset.GeneratedScenes.Seed}",
        _ => Numbers.None,
    };
}
