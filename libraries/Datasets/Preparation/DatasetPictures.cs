using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>The pictures of a dataset.</summary>
internal static class DatasetPictures
{
    /// <summary>Samples with their masks laid over them.</summary>
    public static byte[] ContactSheet(string datasetId, IReadOnlyList<string> classes, IReadOnlyList<ContactTile> tiles) =>
        Imaging.ContactSheet.RenderPng($"Samples of {datasetId}", tiles, classes, Palette.Default);

    /// <summary>All pictures by name, those of the statistics drawn beside each other.</summary>
    public static IReadOnlyList<(string Name, Task<byte[]> Png)> Render(
        string datasetId, IReadOnlyList<string> classes, DatasetStatistics statistics, Task<byte[]> contactSheet) =>
    [
        ("class-histogram", Task.Run(() => ClassHistogram(datasetId, classes, statistics))),
        ("co-occurrence", Task.Run(() => CoOccurrence(datasetId, classes, statistics))),
        ("contact-sheet", contactSheet),
    ];

    private static byte[] ClassHistogram(string datasetId, IReadOnlyList<string> classes, DatasetStatistics statistics)
    {
        var splits = SplitAssignment.Names.Select(name => statistics.Splits[name]).ToList();
        var pixels = Math.Max(1, splits.Sum(split => split.ValidPixels));
        return BarFigure.RenderPng($"Classes of {datasetId}", [.. classes.Skip(1)], SplitAssignment.Names,
        [
            Panel("images that show it", "N0", count => count.Images),
            Panel("annotations of it", "N0", count => count.Instances),
            Panel("share of all pixels", "P2", count => (double)count.Pixels / pixels),
        ]);

        BarPanel Panel(string title, string format, Func<ClassStatistics, double> value) =>
            new(title, [.. splits.Select(IReadOnlyList<double> (split) => [.. split.Classes.Skip(1).Select(value)])], format);
    }

    private static byte[] CoOccurrence(string datasetId, IReadOnlyList<string> classes, DatasetStatistics statistics)
    {
        long Together(int row, int column) => statistics.Splits.Values.Sum(split => split.CoOccurrence[row][column]);
        var shares = Enumerable.Range(1, classes.Count - 1).Select(IReadOnlyList<double> (row) =>
            [.. Enumerable.Range(1, classes.Count - 1).Select(column => (double)Together(row, column) / Together(row, row))]);
        return HeatFigure.RenderPng($"Classes together in {datasetId}", "share of the images of the row's class that show the column's class too", [.. classes.Skip(1)], [.. shares]);
    }
}
