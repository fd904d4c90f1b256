using System.IO.Compression;
using System.Text;
using Maskwright.Imaging;

namespace Maskwright.Datasets.Tests;

/// <summary>Every kind of place and layout gives the dataset that a plain folder gives.</summary>
public sealed class SourcesTests(StorageFixture fixture) : PreparationTest(fixture)
{
    [Fact]
    public async Task Zips_as_coco_publishes_them_give_the_dataset_of_the_folder()
    {
        using var coco = await PublishedAsync();
        var folder = await PrepareAsync(DatasetSource.CocoFolder(coco["unpacked"], "instances_val2014.json"));
        var zips = await PrepareAsync(Zips(coco["zips/val2014.zip"], coco["annotations/annotations_trainval2014.zip"]), id: Id + "-zips");
        zips.Digest.ShouldBe(folder.Digest);
        zips.Source.ShouldBe(folder.Source);
        (zips.Source.Kind, zips.Source.AnnotationFile).ShouldBe(("coco", "annotations/instances_val2014.json"));
    }

    [Fact]
    public async Task The_preset_prepares_from_a_mirror_of_the_same_layout()
    {
        using var coco = await PublishedAsync();
        await using var mirror = await FileServer.StartAsync();
        foreach (var path in (string[])["/zips/val2014.zip", "/annotations/annotations_trainval2014.zip"])
            mirror.Files[path] = await File.ReadAllBytesAsync(coco[path[1..]], Cancellation);
        var stages = new List<PreparationProgress>();
        var manifest = await PrepareAsync(DatasetPresets.Coco2014Val5.SourceAt(new Uri(mirror.Url(""))), DatasetPresets.Coco2014Val5.Options, progress: stages.Add);

        manifest.Classes.ShouldBe(["background", "person", "bicycle", "car", "motorcycle", "airplane"]);
        var options = manifest.Options;
        (options.MaxImages, options.TrainRatio, options.ValRatio, options.TestRatio).ShouldBe((8000, 8, 1, 1));
        manifest.Splits.Values.Sum(split => split.Samples).ShouldBe(20);
        stages.Where(stage => stage.Stage == PreparationStage.Download).ShouldContain(stage => stage.Done == stage.Total && stage.Total == mirror.Files["/zips/val2014.zip"].Length);
    }

    [Fact]
    public void The_preset_names_the_publishers_own_urls()
    {
        var source = DatasetPresets.Coco2014Val5.SourceAt(null);
        source.Images.Single().Uri.ShouldBe("http://images.cocodataset.org/zips/val2014.zip");
        source.Annotations!.Uri.ShouldBe("http://images.cocodataset.org/annotations/annotations_trainval2014.zip");
        source.AnnotationFiles.ShouldBe(["instances_val2014.json"]);
    }

    [Fact]
    public async Task Objects_below_a_prefix_give_the_dataset_of_the_folder()
    {
        using var coco = await PublishedAsync();
        var root = coco["unpacked"];
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
            await Storage.PutFileAsync($"raw/{Id}/{Path.GetRelativePath(root, file)}", file, "application/octet-stream", Cancellation);
        var folder = await PrepareAsync(DatasetSource.CocoFolder(root, "instances_val2014.json"));
        var stored = await PrepareAsync(DatasetSource.CocoFolder($"s3://{Storage.Options.Bucket}/raw/{Id}", "instances_val2014.json"), id: Id + "-stored");
        stored.Digest.ShouldBe(folder.Digest);
        (await FailAsync(DatasetFailure.SourceNotFound, DatasetSource.CocoFolder("s3://another/raw"), null, Id + "-x")).Message.ShouldContain("the bucket of this service is");
        (await FailAsync(DatasetFailure.SourceNotFound, DatasetSource.CocoFolder($"s3://{Storage.Options.Bucket}/nothing/{Id}"), null, Id + "-x")).Message.ShouldContain("There are no objects");
    }

    [Fact]
    public async Task An_annotation_file_of_its_own_and_several_files_split_by_their_names()
    {
        using var train = CocoFolderBuilder.WithPeople(6);
        var images = await train.WriteAsync("instances_train2017.json");
        using var val = new CocoFolderBuilder();
        for (var id = 101; id <= 104; id++)
        {
            val.AddImage(id);
            val.AddBox(id, 1, 2, 3, 6, 9);
        }

        await val.WriteAsync("instances_val2017.json");
        File.Copy(val["instances_val2017.json"], train["instances_val2017.json"]);
        var source = new DatasetSource.Coco([new(images), new(val.Path)]) { AnnotationFiles = ["instances_train2017.json", "instances_val2017.json"] };
        var manifest = await PrepareAsync(source, new PreparationOptions { Split = SplitKind.Source });
        manifest.Splits["train"].Samples.ShouldBe(6);
        manifest.Splits["val"].Samples.ShouldBe(4);

        var single = new DatasetSource.Coco([new(images)]) { Annotations = new(train["instances_train2017.json"]) };
        (await PrepareAsync(single, id: Id + "-single")).Splits.Values.Sum(split => split.Samples).ShouldBe(6);
    }

    [Fact]
    public async Task Voc_is_read_with_its_image_sets_as_splits()
    {
        using var folder = new TemporaryFolder();
        for (var i = 1; i <= 8; i++)
        {
            await WriteAsync(folder, $"VOCdevkit/VOC2012/JPEGImages/2007_{i:D6}.jpg", CocoFolderBuilder.Jpeg(i));
            await WriteAsync(folder, $"VOCdevkit/VOC2012/SegmentationClass/2007_{i:D6}.png", Mask(i % 2 == 0 ? 15 : 7));
        }

        await WriteAsync(folder, "VOCdevkit/VOC2012/ImageSets/Segmentation/train.txt", "2007_000001\n2007_000002\n2007_000003\n2007_000004\n2007_000005\n");
        await WriteAsync(folder, "VOCdevkit/VOC2012/ImageSets/Segmentation/val.txt", "2007_000006\r\n2007_000007\r\n2007_000008\r\n");
        var manifest = await PrepareAsync(
            new DatasetSource.Voc(new(folder.Path), []), new PreparationOptions { Classes = ["person", "car"], Split = SplitKind.Source });
        manifest.Source.Kind.ShouldBe("voc");
        (manifest.Splits["train"].Samples, manifest.Splits["val"].Samples).ShouldBe((5, 3));
        var sample = (await ReadAllAsync()).Single(found => found.Key == "2007_000002");
        sample.Info.FileName.ShouldBe("2007_000002.jpg");
        sample.Info.Objects.ShouldBeNull();
        var pixels = PalettePng.Decode(sample.MaskPng, "mask").Pixels;
        (pixels[0], pixels[1], pixels[2]).ShouldBe(((byte)0, (byte)1, (byte)255));

        var all = await PrepareAsync(new DatasetSource.Voc(new(folder.Path), []), id: Id + "-all");
        all.Classes.Count.ShouldBe(21);

        await WriteAsync(folder, "VOCdevkit/VOC2012/ImageSets/Segmentation/val.txt", "2007_000006\n2007_000099\n");
        (await FailAsync(DatasetFailure.BadImages, new DatasetSource.Voc(new(folder.Path), []), null, Id + "-x")).Message.ShouldContain("2007_000099: there is no VOCdevkit/VOC2012/JPEGImages/2007_000099.jpg");
    }

    [Fact]
    public async Task Folders_of_images_and_masks_are_joined_by_path()
    {
        using var folder = new TemporaryFolder();
        for (var i = 1; i <= 9; i++)
        {
            var split = i <= 5 ? "train" : i <= 7 ? "val" : "test";
            await WriteAsync(folder, $"images/{split}/stra\u00DFe {i}.jpg", CocoFolderBuilder.Jpeg(i));
            await WriteAsync(folder, $"masks/{split}/stra\u00DFe {i}_mask.png", Mask(7));
        }

        var source = new DatasetSource.Masks(new(folder.Path)) { MaskSuffix = "_mask", ValueNames = new Dictionary<int, string> { [7] = "road" } };
        var manifest = await PrepareAsync(source, new PreparationOptions { Split = SplitKind.Source });
        manifest.Classes.ShouldBe(["background", "road"]);
        (manifest.Splits["train"].Samples, manifest.Splits["val"].Samples, manifest.Splits["test"].Samples).ShouldBe((5, 2, 2));
        var statistics = await (await DatasetReader.OpenAsync(Storage, Id, Cancellation)).ReadStatisticsAsync(Cancellation);
        statistics.Splits["test"].Classes[1].Pixels.ShouldBe(2);

        var apart = source with { Images = new(folder["images"]), MaskLocation = new(folder["masks"]) };
        (await PrepareAsync(apart, new PreparationOptions { Classes = ["7"] }, id: Id + "-apart")).Classes.ShouldBe(["background", "road"]);

        File.Delete(folder["masks/train/stra\u00DFe 1_mask.png"]);
        await WriteAsync(folder, "masks/train/stra\u00DFe 2_mask.png", CocoFolderBuilder.Jpeg(1));
        var message = (await FailAsync(DatasetFailure.BadImages, source, null, Id + "-x")).Message;
        message.ShouldContain("stra\u00DFe 1.jpg: there is no masks/train/stra\u00DFe 1_mask.png");
        message.ShouldContain("this is not a PNG");
        await PrepareAsync(source, new PreparationOptions { BadInput = BadInputPolicy.Skip, MaxSkippedShare = 0.3 }, id: Id + "-skip");
    }

    [Theory]
    [InlineData("relative/folder", "is not a full path")]
    [InlineData("ftp://server/file.zip", "is of a kind that is not read")]
    [InlineData("s3:///prefix", "names no bucket")]
    public async Task A_location_that_is_none_is_named(string uri, string problem) =>
        (await FailAsync(DatasetFailure.InvalidOptions, DatasetSource.CocoFolder(uri))).Message.ShouldContain(problem);

    [Fact]
    public async Task A_zip_that_is_none_is_named()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["coco.zip"], "this is no zip", Cancellation);
        (await FailAsync(DatasetFailure.BadSource, DatasetSource.CocoFolder(folder["coco.zip"]))).Message.ShouldContain("this is no zip, or its end is missing");
    }

    private static DatasetSource.Coco Zips(string images, string annotations) => new([new(images)]) { Annotations = new(annotations) };

    /// <summary>A folder with COCO 2014 unpacked, and the same as COCO publishes it: two zips, with more than is needed in one.</summary>
    private static async Task<TemporaryFolder> PublishedAsync()
    {
        var folder = new TemporaryFolder();
        using var coco = CocoFolderBuilder.WithPeople(20);
        coco.AddBox(1, 2, 8, 0, 10, 3);
        coco.AddBox(2, 3, 8, 0, 10, 3);
        coco.AddBox(3, 4, 8, 0, 10, 3);
        coco.AddBox(4, 5, 8, 0, 10, 3);
        await coco.WriteAsync("annotations/instances_val2014.json");
        await coco.WriteAsync("annotations/instances_train2014.json");
        coco.WriteFile("annotations/captions_val2014.json", Encoding.UTF8.GetBytes("{}"));
        Directory.Move(coco["images"], coco["val2014"]);
        Directory.CreateDirectory(folder["zips"]);
        Directory.CreateDirectory(folder["annotations"]);
        await ZipFile.CreateFromDirectoryAsync(coco["val2014"], folder["zips/val2014.zip"], CompressionLevel.NoCompression, includeBaseDirectory: true, Cancellation);
        await ZipFile.CreateFromDirectoryAsync(coco["annotations"], folder["annotations/annotations_trainval2014.zip"], CompressionLevel.Optimal, includeBaseDirectory: true, Cancellation);
        await ZipFile.ExtractToDirectoryAsync(folder["zips/val2014.zip"], folder["unpacked"], Cancellation);
        await ZipFile.ExtractToDirectoryAsync(folder["annotations/annotations_trainval2014.zip"], folder["unpacked"], Cancellation);
        return folder;
    }

    // A mask of 16x12 with one pixel of the value and one ignored.
    private static byte[] Mask(int value)
    {
        var mask = IndexMask.Empty(16, 12);
        (mask.Pixels[1], mask.Pixels[2]) = ((byte)value, 255);
        return PalettePng.Encode(mask, Palette.Default);
    }

    private static Task WriteAsync(TemporaryFolder folder, string path, string text) => WriteAsync(folder, path, Encoding.UTF8.GetBytes(text));

    private static async Task WriteAsync(TemporaryFolder folder, string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[path])!);
        await File.WriteAllBytesAsync(folder[path], content, Cancellation);
    }
}
