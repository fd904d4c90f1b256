using Maskwright.Dataset.V1;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>Statistics of a dataset as tables.</summary>
internal static class DatasetStatisticsView
{
    /// <summary>Pairs of classes that are named.</summary>
    private const int Pairs = 10;

    /// <summary>Characters of the longest bar.</summary>
    private const int Bar = 24;

    /// <summary>Images, instances and share of the pixels of every class in every split.</summary>
    public static void Classes(Terminal terminal, DatasetStatistics statistics)
    {
        terminal.Heading("Images, objects and share of the pixels, by class and split");
        var rows = statistics.Splits.SelectMany(split => split.Classes)
            .DistinctBy(counts => counts.Index)
            .OrderBy(counts => counts.Index)
            .Select(counts => (counts.Index, Markup.Escape(counts.Name)))
            .Append((-1, "[bold]all[/]"))
            .ToList();
        // Masks tell no objects apart.
        var hasObjects = statistics.Splits.Any(split => split.Classes.Any(counts => counts.Instances > 0));
        var table = new FittingTable<(int Index, string Name)>(rows).Words("class", row => row.Name);
        foreach (var split in statistics.Splits)
        {
            var byIndex = split.Classes.ToDictionary(counts => counts.Index);
            byIndex[-1] = new ClassStatistics
            {
                Index = -1,
                Images = split.Images,
                Instances = split.Classes.Sum(counts => counts.Instances),
                Pixels = split.ValidPixels,
            };
            ClassStatistics Of(int index) => byIndex.GetValueOrDefault(index) ?? new ClassStatistics { Index = index };
            table
                .Numbers(split.Split, row => $"{Of(row.Index).Images:N0}")
                .Numbers("objects", row => row.Index == 0 || !hasObjects ? Numbers.None : $"{Of(row.Index).Instances:N0}", worth: 1)
                .Numbers("pixels", row => $"{(split.ValidPixels > 0 ? 100.0 * Of(row.Index).Pixels / split.ValidPixels : 0):0.0} %", worth: 2);
        }

        table.Write(terminal);
    }

    /// <summary>Weights of the classes, what occurs together, and sizes; what the service did not say is left out.</summary>
    public static void Details(Terminal terminal, DatasetStatistics statistics)
    {
        if (statistics.ClassWeights.Count > 0)
            Weights(terminal, statistics.ClassWeights);
        if (Together(statistics) is { Count: > 0 } pairs)
            Together(terminal, pairs);
        if (statistics.Splits.Any(split => split.Widths.Count > 0))
            Sizes(terminal, statistics.Splits);
    }

    private static void Weights(Terminal terminal, IReadOnlyCollection<ClassWeight> weights)
    {
        terminal.Heading("Weights for a loss, from the train split");
        new FittingTable<ClassWeight>(weights)
            .Words("class", weight => Markup.Escape(weight.Name))
            .Numbers("inverse frequency", weight => weight.HasInverseFrequency ? Numbers.Figure(weight.InverseFrequency) : Numbers.None)
            .Numbers("median frequency", weight => weight.HasMedianFrequency ? Numbers.Figure(weight.MedianFrequency) : Numbers.None)
            .Write(terminal);
    }

    private static void Together(Terminal terminal, List<Pair> pairs)
    {
        terminal.Heading($"Classes most often in one image{(pairs.Count > Pairs ? $": {Pairs} of {pairs.Count:N0} pairs; --json lists all, --out draws them" : "")}");
        new FittingTable<Pair>(pairs[..Math.Min(Pairs, pairs.Count)])
            .Words("class", pair => Markup.Escape(pair.First))
            .Words("and class", pair => Markup.Escape(pair.Second))
            .Numbers("images", pair => $"{pair.Images:N0}")
            .Numbers("of the first's", pair => $"{100 * pair.OfFirst:0.0} %", worth: 1)
            .Numbers("of the second's", pair => $"{100 * pair.OfSecond:0.0} %", worth: 1)
            .Write(terminal);
    }

    /// <summary>Pairs of classes but the background that an image shows both of, over all splits, the most frequent first.</summary>
    private static List<Pair> Together(DatasetStatistics statistics)
    {
        var classes = statistics.Splits.SelectMany(split => split.Classes)
            .Where(counts => counts.Index > 0 && counts.ImagesWith.Count > 0)
            .GroupBy(counts => counts.Index)
            .OrderBy(counts => counts.Key)
            .ToList();
        long Images(IGrouping<int, ClassStatistics> counts, int other) => counts.Sum(split => split.ImagesWith[other]);
        return
        [
            .. classes.SelectMany(first => classes.Where(second => second.Key > first.Key)
                .Select(second => (First: first, Second: second, Images: Images(first, second.Key))))
                .Where(pair => pair.Images > 0)
                .OrderByDescending(pair => pair.Images)
                .Select(pair => new Pair(
                    pair.First.First().Name,
                    pair.Second.First().Name,
                    pair.Images,
                    (double)pair.Images / Images(pair.First, pair.First.Key),
                    (double)pair.Images / Images(pair.Second, pair.Second.Key))),
        ];
    }

    private static void Sizes(Terminal terminal, IReadOnlyCollection<SplitStatistics> splits)
    {
        List<SizeRow> rows =
        [
            .. Rows("width", "0", split => split.Widths),
            .. Rows("height", "0", split => split.Heights),
            .. Rows("width : height", "0.00", split => split.Aspects),
        ];
        var most = rows.Max(row => row.Images);
        terminal.Heading("Images by size, in pixels");
        new FittingTable<SizeRow>(rows)
            .Words("of", row => row.Of)
            .Numbers("from", row => row.From)
            .Numbers("below", row => row.To)
            .Numbers("images", row => $"{row.Images:N0}")
            .Words("", row => new string('█', (int)Math.Ceiling((double)Bar * row.Images / most)), worth: 1)
            .Write(terminal);

        IEnumerable<SizeRow> Rows(string of, string format, Func<SplitStatistics, IEnumerable<HistogramBin>> bins) => splits.SelectMany(bins)
            .GroupBy(bin => (bin.From, bin.To))
            .OrderBy(bin => bin.Key)
            .Select((bin, i) => new SizeRow(i == 0 ? of : "", bin.Key.From.ToString(format), bin.Key.To.ToString(format), bin.Sum(split => split.Images)));
    }

    private sealed record Pair(string First, string Second, long Images, double OfFirst, double OfSecond);

    private sealed record SizeRow(string Of, string From, string To, long Images);
}
