using Maskwright.Dataset.V1;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>Datasets as tables.</summary>
internal static class DatasetView
{
    public static void List(Terminal terminal, IReadOnlyCollection<Dataset.V1.Dataset> datasets)
    {
        var table = TableStyle.Create().Words("dataset").Words("state").Numbers("images").Words("source").Words("created (UTC)").Numbers("took");
        foreach (var dataset in datasets)
        {
            table.AddRow(
                Markup.Escape(dataset.Name),
                StateText.Markup(StateText.Of(dataset.State)),
                dataset.Statistics is { } statistics ? $"{statistics.Splits.Sum(split => split.Images):N0}" : Numbers.None,
                Markup.Escape(Source(dataset)),
                Numbers.Time(dataset.CreateTime),
                Numbers.Between(dataset.StartTime, dataset.EndTime));
        }

        terminal.Console.Write(table);
    }

    public static void Show(Terminal terminal, Dataset.V1.Dataset dataset)
    {
        terminal.Console.Write(TableStyle.Facts(dataset.Name,
        [
            ("state", StateText.Of(dataset.State)),
            ("source", Source(dataset)),
            ("created (UTC)", Numbers.Time(dataset.CreateTime)),
            ("took", Numbers.Between(dataset.StartTime, dataset.EndTime)),
            ("digest", dataset.Digest.Length > 0 ? dataset.Digest : Numbers.None),
            ("manifest", dataset.ManifestKey.Length > 0 ? dataset.ManifestKey : Numbers.None),
        ]));
        if (dataset.Statistics is { } statistics)
            Statistics(terminal, statistics);
    }

    /// <summary>Images, instances and share of the pixels of every class in every split.</summary>
    public static void Statistics(Terminal terminal, DatasetStatistics statistics)
    {
        var table = TableStyle.Create("Dataset").Words("class");
        foreach (var split in statistics.Splits)
            table.Numbers(split.Split).Numbers("inst.").Numbers("pixels");
        table.AddRow([
            "all images",
            .. statistics.Splits.SelectMany(split => new[] { $"{split.Images:N0}", $"{split.Classes.Sum(counts => counts.Instances):N0}", "100.0 %" }),
        ]);
        var classes = statistics.Splits.SelectMany(split => split.Classes).DistinctBy(counts => counts.Index).OrderBy(counts => counts.Index);
        foreach (var named in classes)
        {
            table.AddRow([
                Markup.Escape(named.Name),
                .. statistics.Splits.SelectMany(split =>
                {
                    var counts = split.Classes.FirstOrDefault(candidate => candidate.Index == named.Index) ?? new ClassStatistics();
                    var share = split.ValidPixels > 0 ? counts.Pixels / (double)split.ValidPixels : 0;
                    return new[] { $"{counts.Images:N0}", counts.Index == 0 ? Numbers.None : $"{counts.Instances:N0}", $"{share * 100:0.0} %" };
                }),
            ]);
        }

        terminal.Console.Write(table);
    }

    private static string Source(Dataset.V1.Dataset dataset) => dataset.SourceCase switch
    {
        Dataset.V1.Dataset.SourceOneofCase.CocoFolder => dataset.CocoFolder.Path,
        Dataset.V1.Dataset.SourceOneofCase.GeneratedScenes =>
            $"{(dataset.GeneratedScenes.Count == 0 ? "generated" : $"{dataset.GeneratedScenes.Count:N0} generated")} scenes, seed {dataset.GeneratedScenes.Seed}",
        _ => Numbers.None,
    };
}
