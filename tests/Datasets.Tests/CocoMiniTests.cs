using System.Diagnostics;
using System.IO.Compression;
using Maskwright.Artifacts;
using Maskwright.Imaging;

namespace Maskwright.Datasets.Tests;

public sealed class CocoMiniTests(StorageFixture fixture, ITestOutputHelper output) : PreparationTest(fixture)
{
    [Fact]
    public async Task The_preset_prepares_real_coco_from_a_mirror_over_a_connection_that_breaks()
    {
        using var folder = new TemporaryFolder();
        var directory = FindOrSkip();
        await using var mirror = await FileServer.StartAsync();
        mirror.Files["/zips/val2014.zip"] = await ZipAsync(Directory.EnumerateFiles(Path.Combine(directory, "images")), path => $"val2014/{Path.GetFileName(path)}");
        mirror.Files["/annotations/annotations_trainval2014.zip"] = await ZipAsync(
            Directory.EnumerateFiles(directory, "*.json"), _ => "annotations/instances_val2014.json");
        mirror.Misbehave = async (request, context) =>
        {
            if (request == 1)
                await mirror.CutAsync(context, 0, 30_000_000);
            return request == 1;
        };
        var manifest = await PrepareAsync(DatasetPresets.Coco2014Val5.SourceAt(new Uri(mirror.Url(""))), DatasetPresets.Coco2014Val5.Options);
        manifest.Classes.ShouldBe(["background", "person", "bicycle", "car", "motorcycle", "airplane"]);
        manifest.Splits.Values.Sum(split => split.Samples).ShouldBe(419);

        var samples = await ReadAllAsync();
        foreach (var sample in samples)
            sample.Jpeg.ShouldBe(await File.ReadAllBytesAsync(Path.Combine(directory, "images", sample.Info.FileName), Cancellation), sample.Key);
        var unpacked = await PrepareAsync(directory, DatasetPresets.Coco2014Val5.Options, id: $"{Id}-unpacked");
        unpacked.Digest.ShouldBe(manifest.Digest);
    }

    private static async Task<byte[]> ZipAsync(IEnumerable<string> paths, Func<string, string> name)
    {
        using var content = new MemoryStream();
        await using (var zip = await ZipArchive.CreateAsync(content, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, Cancellation))
            foreach (var path in paths)
                await zip.CreateEntryFromFileAsync(path, name(path), CompressionLevel.NoCompression, Cancellation);
        return content.ToArray();
    }

    [Fact]
    public async Task Real_coco_images_become_a_dataset_of_the_419_that_show_a_class()
    {
        var directory = FindOrSkip();
        var watch = Stopwatch.StartNew();
        var manifest = await PrepareAsync(directory, new PreparationOptions { Stratified = true });
        output.WriteLine($"prepared in {watch.Elapsed.TotalSeconds:F1} s, {419 / watch.Elapsed.TotalSeconds:F0} images/s");
        manifest.Splits.Values.Sum(split => split.Samples).ShouldBe(419);

        var statistics = await (await DatasetReader.OpenAsync(Storage, Id, Cancellation)).ReadStatisticsAsync(Cancellation);
        var instances = statistics.Splits.Values.SelectMany(split => split.Classes).GroupBy(c => c.Name).ToDictionary(c => c.Key, c => c.Sum(s => s.Instances));
        instances.ShouldBe(new Dictionary<string, long>
        {
            ["background"] = 0, ["person"] = 2127 - 54, ["bicycle"] = 369 - 5, ["car"] = 688 - 7, ["motorcycle"] = 389 - 4, ["airplane"] = 16,
        });

        statistics.Splits.ToDictionary(split => split.Key, split => split.Value.Classes[5].Images).ShouldBe(new Dictionary<string, long> { ["train"] = 8, ["val"] = 1, ["test"] = 1 }, ignoreOrder: true);
        foreach (var picture in manifest.Pictures)
            TestContext.Current.AddAttachment(Path.GetFileName(picture.Key), await Storage.GetArtifactAsync(picture, Cancellation), "image/png");

        watch.Restart();
        foreach (var sample in await ReadAllAsync())
        {
            var mask = PalettePng.Decode(sample.MaskPng, sample.Key);
            (mask.Width, mask.Height).ShouldBe((sample.Info.Width, sample.Info.Height));
        }

        output.WriteLine($"read back in {watch.Elapsed.TotalSeconds:F1} s");
    }

    private static string FindOrSkip()
    {
        var directory = Find();
        Assert.SkipWhen(directory is null, "coco-mini is missing: put it beside the repository as shared/data/coco-mini, or name it by MASKWRIGHT_COCO_MINI.");
        return directory;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("MASKWRIGHT_COCO_MINI") is { Length: > 0 } named)
            return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, "shared", "data", "coco-mini");
            if (Directory.Exists(found))
                return found;
        }

        return null;
    }
}
