using System.Diagnostics;
using System.Globalization;
using System.Text;
using Maskwright.Artifacts;
using Maskwright.Benchmarks.Storage;
using Maskwright.Datasets;
using Maskwright.Imaging;
using Maskwright.Testing;

namespace Maskwright.Benchmarks.Dataset;

/// <summary>100,000 small images prepared from end to end: time and memory must not know how many there are.</summary>
internal static class ScaleBenchmark
{
    private const int Images = 100_000;
    private const int Drawn = 1_000;
    private const int Tenths = 10;

    /// <summary>Its name.</summary>
    public const string Name = "dataset.scale";

    public static Benchmark Benchmark { get; } = new(
        Name, "100,000 small images: the last tenth's time beside the first's, and memory", RunAsync);

    /// <summary>Measures in this process: images a second, seconds of the first and the last tenth of scan and of rasterise, and the most megabytes resident.</summary>
    public static async Task<double[]> MeasureAsync(string coco, CancellationToken cancellationToken)
    {
        using var folder = new StoreFolder();
        await using var store = await StoreProcess.StartAsync(folder.Path, cancellationToken);
        using var storage = new ObjectStorage(store.Options);
        await storage.EnsureBucketAsync(cancellationToken);
        using var preparation = new DatasetPreparation(TimeProvider.System, downloadDirectory: coco);
        var clock = new Tenth();
        PeakMemory.Reset();
        var began = Stopwatch.GetTimestamp();
        await preparation.PrepareAsync(DatasetSource.CocoFolder(coco), "scale", new PreparationOptions(), storage, clock, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return [Images / seconds, .. clock.Seconds(PreparationStage.Scan), .. clock.Seconds(PreparationStage.Rasterise), PeakMemory.Megabytes()];
    }

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var coco = Directory.CreateTempSubdirectory("maskwright-scale-");
        try
        {
            await WriteAsync(coco.FullName, cancellationToken);
            var figures = await PreparationProcess.MeasureAsync(Name, coco.FullName, cancellationToken);
            return
            [
                Row.MoreIsBetter(Name, figures[0], "images/s", 1),
                LastTenth("scan", first: figures[1], last: figures[2]),
                LastTenth("rasterise", first: figures[3], last: figures[4]),
                Row.LessIsBetter($"{Name}.memory", figures[5], "MB resident", 1),
            ];
        }
        finally
        {
            coco.Delete(recursive: true);
        }
    }

    private static Row LastTenth(string stage, double first, double last) =>
        Row.LessIsBetter($"{Name}.{stage}-last-tenth", last, "s", 1, new PeerResult("a tenth at the beginning", first));

    // Drawing takes longer than preparing: each scene is used again with its number behind the picture's end, so that no
    // two files are the same.
    private static async Task WriteAsync(string folder, CancellationToken cancellationToken)
    {
        await ScenesGenerator.GenerateAsync(folder, new SceneOptions { Count = Drawn, Size = 96 }, cancellationToken: cancellationToken);
        var path = Path.Combine(folder, ScenesGenerator.AnnotationFile);
        CocoInstances drawn;
        await using (var json = File.OpenRead(path))
            drawn = await CocoInstances.ReadAsync(json, path, cancellationToken);
        var (images, annotations) = (new List<CocoImage>(), new List<CocoAnnotation>());
        foreach (var image in drawn.Images)
        {
            var file = Path.Combine(folder, "images", image.FileName);
            var jpeg = await File.ReadAllBytesAsync(file, cancellationToken);
            for (var copy = 0; copy < Images / Drawn; copy++)
            {
                var id = image.Id + copy * Drawn;
                var name = string.Create(CultureInfo.InvariantCulture, $"{copy}/{id}.jpg");
                Directory.CreateDirectory(Path.Combine(folder, "images", copy.ToString(CultureInfo.InvariantCulture)));
                await File.WriteAllBytesAsync(Path.Combine(folder, "images", name), [.. jpeg, .. Encoding.ASCII.GetBytes(name)], cancellationToken);
                images.Add(image with { Id = id, FileName = name });
            }

            File.Delete(file);
        }

        for (var copy = 0; copy < Images / Drawn; copy++)
            annotations.AddRange(drawn.Annotations.Select(annotation => annotation with { Id = annotation.Id + copy * 10_000_000L, ImageId = annotation.ImageId + copy * Drawn }));
        await using var large = File.Create(path);
        await (drawn with { Images = images, Annotations = annotations }).WriteAsync(large, cancellationToken);
    }

    /// <summary>When each tenth of a stage ended.</summary>
    private sealed class Tenth : IProgress<PreparationProgress>
    {
        private readonly Dictionary<PreparationStage, long[]> _ends = [];

        public void Report(PreparationProgress value)
        {
            if (value.Unit != "images" || value.Done * Tenths % value.Total != 0)
                return;
            if (!_ends.TryGetValue(value.Stage, out var ends))
                _ends.Add(value.Stage, ends = new long[Tenths + 1]);
            ends[value.Done * Tenths / value.Total] = Stopwatch.GetTimestamp();
        }

        /// <summary>Of the first and of the last tenth.</summary>
        public double[] Seconds(PreparationStage stage)
        {
            // The first tenth has no beginning: its pace is that of the second.
            var ends = _ends[stage];
            return [Stopwatch.GetElapsedTime(ends[1], ends[2]).TotalSeconds, Stopwatch.GetElapsedTime(ends[^2], ends[^1]).TotalSeconds];
        }
    }
}
