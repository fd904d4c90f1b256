using Maskwright.Imaging;

namespace Maskwright.Benchmarks.Dataset;

/// <summary>Polygons to run lengths on one core, as preparation does for every annotation.</summary>
internal static class MasksBenchmark
{
    private const int Repeats = 5;

    public static Benchmark Benchmark { get; } = new("dataset.masks", "polygon annotations rasterised a second on one core", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var coco = await BenchmarkFolder.OpenAsync(context, cancellationToken);
        var instances = await ReadFolderAsync(coco.Path, cancellationToken);
        var images = instances.Images.ToDictionary(image => image.Id);
        var polygons = instances.Annotations.Where(annotation => annotation.Segmentation is CocoSegmentation.Polygons).ToList();
        var seconds = await Measurement.SecondsAsync(Repeats, () =>
        {
            foreach (var annotation in polygons)
            {
                var image = images[annotation.ImageId];
                _ = Rle.FromSegmentation(annotation.Segmentation, image.Height, image.Width);
            }
        });
        return [Row.MoreIsBetter("dataset.masks", polygons.Count / seconds, "annotations/s", Repeats)];
    }

    private static async Task<CocoInstances> ReadFolderAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Directory.EnumerateFiles(folder, "instances_*.json").Order(StringComparer.Ordinal).First();
        await using var json = File.OpenRead(path);
        return await CocoInstances.ReadAsync(json, path, cancellationToken);
    }
}
