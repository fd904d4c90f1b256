using Maskwright.Imaging;

namespace Maskwright.Datasets.Tests;

public sealed class BadInputTests(StorageFixture fixture) : PreparationTest(fixture)
{
    [Fact]
    public async Task A_missing_folder_is_named()
    {
        var error = await FailAsync(DatasetFailure.SourceNotFound, "/nowhere/at/all");
        error.Message.ShouldContain("/nowhere/at/all does not exist");
    }

    [Fact]
    public async Task A_folder_without_annotations_is_no_coco_folder()
    {
        using var folder = new TemporaryFolder();
        (await FailAsync(DatasetFailure.SourceNotFound, folder.Path)).Message.ShouldContain("has no instances_*.json");
    }

    [Fact]
    public async Task Several_annotation_files_need_a_choice()
    {
        using var coco = CocoFolderBuilder.WithPeople(4);
        await coco.WriteAsync("annotations/instances_val2017.json");
        var directory = await coco.WriteAsync("annotations/instances_train2017.json");
        var error = await FailAsync(DatasetFailure.SourceNotFound, directory);
        error.Message.ShouldContain("annotations/instances_train2017.json, annotations/instances_val2017.json");
        error.Message.ShouldContain("Name the one to take");

        await PrepareAsync(DatasetSource.CocoFolder(directory, "instances_val2017.json"));
    }

    [Theory]
    [InlineData("instances_other.json", DatasetFailure.SourceNotFound)]
    [InlineData("../instances_tiny.json", DatasetFailure.InvalidOptions)]
    [InlineData("/etc/passwd", DatasetFailure.InvalidOptions)]
    public async Task A_chosen_annotation_file_must_be_in_the_folder(string name, DatasetFailure kind)
    {
        using var coco = CocoFolderBuilder.WithPeople(4);
        (await FailAsync(kind, DatasetSource.CocoFolder(await coco.WriteAsync(), name))).Message.ShouldContain(name);
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("[1, 2, 3]")]
    [InlineData("{\"images\": []}")]
    public async Task A_file_that_is_not_coco_is_named(string json)
    {
        using var coco = new CocoFolderBuilder();
        coco.WriteFile("instances_x.json", System.Text.Encoding.UTF8.GetBytes(json));
        (await FailAsync(DatasetFailure.BadAnnotations, coco.Path)).Message.ShouldContain("instances_x.json");
    }

    [Fact]
    public async Task An_annotation_of_an_image_that_is_not_listed_is_named()
    {
        using var coco = CocoFolderBuilder.WithPeople(4);
        coco.AddImage(77);
        var stray = coco.AddBox(77, 1, 2, 3, 6, 9);
        await coco.WriteAsync();
        var json = await File.ReadAllTextAsync(coco["instances_tiny.json"], Cancellation);
        await File.WriteAllTextAsync(coco["instances_tiny.json"], json.Replace("\"id\":77", "\"id\":78", StringComparison.Ordinal), Cancellation);
        var error = await FailAsync(DatasetFailure.BadAnnotations, coco.Path);
        error.Message.ShouldContain($"{stray.Id}");
        error.Message.ShouldContain("77");
    }

    [Fact]
    public async Task Every_image_that_cannot_be_used_is_named_with_its_cause()
    {
        using var coco = CocoFolderBuilder.WithPeople(9);
        var large = CocoFolderBuilder.Jpeg(1, 400, 300);
        File.Delete(coco["images", "000000000001.jpg"]);
        coco.WriteFile("images/000000000002.jpg", "this is no picture"u8.ToArray());
        coco.Images[2] = coco.Images[2] with { Width = 400, Height = 300 };
        coco.WriteFile("images/000000000003.jpg", large[..(large.Length / 2)]);
        coco.WriteFile("images/000000000004.jpg", CocoFolderBuilder.Jpeg(4, 20, 12));
        coco.WriteFile("images/000000000005.jpg", ImageCodec.EncodePng(CocoFolderBuilder.Picture(5)));
        coco.WriteFile("images/000000000006.jpg", []);

        var lines = (await FailAsync(DatasetFailure.BadImages, await coco.WriteAsync())).Message.Split('\n');
        lines[0].ShouldContain("instances_tiny.json");
        lines.Length.ShouldBe(7);
        lines[1].ShouldContain("000000000001.jpg (image 1): there is no such file");
        lines[2].ShouldContain("000000000002.jpg");
        lines[2].ShouldContain("neither a JPEG nor a PNG");
        lines[3].ShouldContain("000000000003.jpg");
        lines[3].ShouldContain("cut off");
        lines[4].ShouldContain("it has 20x12 pixels, the annotation file says 16x12");
        lines[5].ShouldContain("it is a PNG, its name says otherwise");
        lines[6].ShouldContain("empty");
    }

    [Fact]
    public async Task Of_many_bad_images_the_first_twenty_are_named_and_the_rest_counted()
    {
        using var coco = CocoFolderBuilder.WithPeople(30);
        Directory.Delete(coco["images"], recursive: true);
        var message = (await FailAsync(DatasetFailure.BadImages, await coco.WriteAsync())).Message;
        message.Split('\n').Length.ShouldBe(22);
        message.ShouldEndWith("… and 10 more");
    }

    [Theory]
    [InlineData("../outside.jpg")]
    [InlineData("a/../../outside.jpg")]
    [InlineData("/etc/hostname")]
    [InlineData("..\\outside.jpg")]
    public async Task A_file_name_that_leads_out_of_the_folder_is_refused(string name)
    {
        using var coco = CocoFolderBuilder.WithPeople(4);
        coco.Images[0] = coco.Images[0] with { FileName = name };
        var directory = await coco.WriteAsync();
        (await FailAsync(DatasetFailure.BadAnnotations, directory)).Message.ShouldContain("file_name");

        // And again where the path is put together, whoever hands it in.
        var locator = new ImageLocator([(new FolderFiles(directory), "images")]);
        Should.Throw<ImageProblemException>(() => locator.Locate(name)).Message.ShouldContain("not a plain path below the folder");
    }

    [Fact]
    public async Task A_link_out_of_the_folder_is_refused_and_one_within_is_followed()
    {
        using var outside = new TemporaryFolder();
        await File.WriteAllBytesAsync(outside["secret.jpg"], CocoFolderBuilder.Jpeg(1), Cancellation);
        using var coco = CocoFolderBuilder.WithPeople(5);
        var directory = await coco.WriteAsync();
        File.Move(coco["images", "000000000005.jpg"], coco["kept.jpg"]);
        File.CreateSymbolicLink(coco["images", "000000000005.jpg"], "../kept.jpg");
        await PrepareAsync(directory, id: Id + "-within");

        File.Delete(coco["images", "000000000001.jpg"]);
        File.CreateSymbolicLink(coco["images", "000000000001.jpg"], outside["secret.jpg"]);
        var error = await FailAsync(DatasetFailure.BadImages, directory);
        error.Message.ShouldContain("000000000001.jpg");
        error.Message.ShouldContain("outside the folder");
        error.Message.ShouldNotContain("000000000005.jpg");
    }

    [Fact]
    public async Task An_image_folder_that_is_a_link_out_is_refused()
    {
        using var outside = new TemporaryFolder();
        using var coco = CocoFolderBuilder.WithPeople(4);
        var directory = await coco.WriteAsync();
        Directory.Move(coco["images"], outside["images"]);
        Directory.CreateSymbolicLink(coco["images"], outside["images"]);
        (await FailAsync(DatasetFailure.BadImages, directory)).Message.ShouldContain("outside the folder");
    }

    [Fact]
    public async Task A_polygon_outside_its_image_is_named_by_its_annotation()
    {
        using var coco = CocoFolderBuilder.WithPeople(4);
        var outside = coco.AddBox(3, 3, 20, 2, 30, 8);
        var message = (await FailAsync(DatasetFailure.BadAnnotations, await coco.WriteAsync())).Message;
        message.ShouldContain($"annotation {outside.Id} of image 3 (000000000003.jpg, 16x12)");
        message.Split('\n').Length.ShouldBe(2);
    }

    [Fact]
    public async Task Two_images_of_one_file_name_are_named()
    {
        using var coco = CocoFolderBuilder.WithPeople(4);
        coco.Images[1] = coco.Images[1] with { FileName = coco.Images[0].FileName };
        (await FailAsync(DatasetFailure.BadAnnotations, await coco.WriteAsync())).Message.ShouldContain("image 2: the file_name '000000000001.jpg' is another image's already");
    }

    [Fact]
    public async Task A_class_that_is_no_category_is_named_with_those_there_are()
    {
        using var coco = CocoFolderBuilder.WithPeople(4);
        var message = (await FailAsync(DatasetFailure.InvalidOptions, await coco.WriteAsync(), new PreparationOptions { Classes = ["person", "unicorn"] })).Message;
        message.ShouldContain("no category 'unicorn'");
        message.ShouldContain("airplane, bicycle, car, dog, motorcycle, person");
    }

    [Fact]
    public async Task A_folder_that_shows_none_of_the_classes_is_refused()
    {
        using var coco = new CocoFolderBuilder();
        coco.AddImage(1);
        coco.AddBox(1, 18, 1, 1, 5, 5);
        (await FailAsync(DatasetFailure.TooFewImages, await coco.WriteAsync())).Message.ShouldContain("none of its 1 images shows person or bicycle");
    }

    [Fact]
    public async Task Two_images_are_too_few_for_three_splits()
    {
        using var coco = CocoFolderBuilder.WithPeople(2);
        (await FailAsync(DatasetFailure.TooFewImages, await coco.WriteAsync())).Message.ShouldContain("A split would be empty");
    }

    public static TheoryData<PreparationOptions, string> BadOptions { get; } = new()
    {
        { new PreparationOptions { Classes = [.. Enumerable.Range(0, 255).Select(i => $"c{i}")] }, "Classes: 255 are more than 254" },
        { new PreparationOptions { Classes = [" "] }, "Classes: a name is empty" },
        { new PreparationOptions { Classes = ["person", "person"] }, "'person' occurs more than once" },
        { new PreparationOptions { Classes = ["background"] }, "'background' is index 0" },
        { new PreparationOptions { ValRatio = 0 }, "ValRatio: 0" },
        { new PreparationOptions { TestRatio = double.NaN }, "TestRatio: NaN" },
        { new PreparationOptions { TrainRatio = 0.8, ValRatio = 0.1, TestRatio = 0.2 }, "0.8, 0.1 and 0.2 sum to 1.1, not to 1" },
        { new PreparationOptions { MaxImages = 0 }, "MaxImages: 0" },
        { new PreparationOptions { MaxImagesPerClass = 0 }, "MaxImagesPerClass: 0" },
        { new PreparationOptions { MinClassShare = 1.1 }, "MinClassShare: 1.1" },
        { new PreparationOptions { MinAnnotationArea = double.NaN }, "MinAnnotationArea: NaN" },
        { new PreparationOptions { Categories = Map("vehicle", "car") }, "'vehicle' is not one of the classes" },
        { new PreparationOptions { Classes = ["car"], Categories = Map("car", "truck", "truck") }, "'truck' is given twice" },
        { new PreparationOptions { Classes = ["car"], Categories = Map("car") }, "'car' needs names or ids" },
        { new PreparationOptions { Resize = new ResizeOptions(ResizeKind.Letterbox, 15, 256) }, "15x256: a side is 16 to 8192 pixels" },
        { new PreparationOptions { JpegQuality = 101 }, "JpegQuality: 101" },
        { new PreparationOptions { Split = SplitKind.Lists }, "SplitLists: lists and the split kind Lists need each other" },
        { new PreparationOptions { Split = SplitKind.Lists, SplitLists = Map("dev", "1") }, "'dev' is not one of train, val, test" },
        { new PreparationOptions { Split = SplitKind.Lists, SplitLists = Map("val", "1", "1") }, "the image '1' is listed twice" },
        { new PreparationOptions { Split = SplitKind.Source, Stratified = true }, "only a split by ratios can be stratified" },
        { new PreparationOptions { MaxSkippedShare = 0 }, "MaxSkippedShare: 0" },
        { new PreparationOptions { ShardTargetBytes = 1000 }, "ShardTargetBytes: 1000" },
    };

    private static Dictionary<string, IReadOnlyList<string>> Map(string name, params string[] values) => new() { [name] = values };

    [Theory]
    [MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public async Task Options_outside_their_ranges_are_named(PreparationOptions options, string named)
    {
        (await FailAsync(DatasetFailure.InvalidOptions, "/nowhere", options)).Message.ShouldContain(named);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("1starts-with-a-digit")]
    [InlineData("a/../b")]
    public async Task An_id_that_cannot_be_a_key_is_refused(string id)
    {
        (await Should.ThrowAsync<ArgumentException>(() => PrepareAsync("/nowhere", id: id))).Message.ShouldContain("not a dataset id");
    }
}
