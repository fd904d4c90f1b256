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

    public static Benchmark Benchmark { get; } = new(
        "dataset.scale", "100,000 small images: the last tenth's time beside the first's, and memory", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var coco = Directory.CreateTempSubdirectory("maskwright-scale-");
        using var folder = new StoreFolder();
        try
        {
            await WriteAsync(coco.FullName, cancellationToken);
            await using var store = await StoreProcess.StartAsync(folder.Path, cancellationToken);
            using var storage = new ObjectStorage(store.Options);
            await storage.EnsureBucketAsync(cancellationToken);
            using var preparation = new DatasetPreparation(TimeProvider.System, downloadDirectory: coco.FullName);
            var clock = new Tenth();
            PeakMemory.Reset();
            var began = Stopwatch.GetTimestamp();
            await preparation.PrepareAsync(DatasetSource.CocoFolder(coco.FullName), "scale", new PreparationOptions(), storage, clock, cancellationToken);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            return
            [
                Row.MoreIsBetter("dataset.scale", Images / seconds, "images/s", 1),
                clock.Row(PreparationStage.Scan),
                clock.Row(PreparationStage.Rasterise),
                Row.LessIsBetter("dataset.scale.memory", PeakMemory.Megabytes(), "MB resident", 1),
            ];
        }
        finally
        {
            coco.Delete(recursive: true);
        }
    }

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

        public Row Row(PreparationStage stage)
        {
            // The first tenth has no beginning: its pace is that of the second.
            var ends = _ends[stage];
            var (first, last) = (Stopwatch.GetElapsedTime(ends[1], ends[2]), Stopwatch.GetElapsedTime(ends[^2], ends[^1]));
            return Benchmarks.Row.LessIsBetter(
                $"dataset.scale.{stage.ToString().ToLowerInvariant()}-last-tenth", last.TotalSeconds, "s", 1, new PeerResult("a tenth at the beginning", first.TotalSeconds));
        }
    }
}
