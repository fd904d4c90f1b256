using System.Text;

namespace Maskwright.Datasets.Tests;

public sealed class SkippedInputTests(StorageFixture fixture) : PreparationTest(fixture)
{
    private static readonly PreparationOptions Skip = new() { BadInput = BadInputPolicy.Skip, MaxSkippedShare = 0.5 };

    [Fact]
    public async Task Images_that_cannot_be_used_are_left_out_counted_and_listed()
    {
        using var coco = CocoFolderBuilder.WithPeople(12);
        File.Delete(coco["images", "000000000001.jpg"]);
        coco.WriteFile("images/000000000002.jpg", []);
        coco.WriteFile("images/000000000003.jpg", CocoFolderBuilder.Jpeg(4, 20, 12));
        await PrepareAsync(await coco.WriteAsync(), Skip);

        (await ReadAllAsync()).Select(sample => sample.Info.ImageId).Order().ShouldBe(Enumerable.Range(4, 9).Select(id => (long)id));
        var skipped = await SkippedAsync();
        (skipped.Images, skipped.Annotations).ShouldBe((3, 0));
        skipped.Causes.Count.ShouldBe(3);
        skipped.Causes[0].ShouldContain("000000000001.jpg (image 1): there is no such file");
        skipped.Causes[1].ShouldContain("000000000002.jpg");
        skipped.Causes[2].ShouldContain("20x12");
    }

    [Fact]
    public async Task More_bad_images_than_may_be_skipped_fail()
    {
        using var coco = CocoFolderBuilder.WithPeople(12);
        for (var id = 1; id <= 3; id++)
            File.Delete(coco["images", $"{id:D12}.jpg"]);
        var error = await FailAsync(DatasetFailure.BadImages, await coco.WriteAsync(), Skip with { MaxSkippedShare = 0.2 });
        error.Message.ShouldContain("3 of 12 images cannot be used, more than the share of 0.2");
        error.Message.ShouldContain("000000000003.jpg (image 3)");
    }

    /// <summary>Each is one annotation, or image, beside twelve good ones.</summary>
    public static TheoryData<string, string, string> BadElements { get; } = new()
    {
        { "annotations", """{"id":900,"image_id":1,"category_id":1,"segmentation":[[1,1,4,1,4,4,1]]}""", "annotation 900 of image 1 (000000000001.jpg, 16x12): segmentation: [0]: a polygon needs" },
        { "annotations", """{"id":900,"image_id":1,"category_id":1,"segmentation":[[1,1,4,1,4,1e300]]}""", "the coordinate 1E+300 is not" },
        { "annotations", """{"id":900,"image_id":1,"category_id":1,"segmentation":[[1,1,4,1,4,"NaN"]]}""", "expected a number" },
        { "annotations", """{"id":900,"image_id":1,"category_id":1,"segmentation":{"size":[12,16],"counts":[100,91]}}""", "the run lengths add up to 191" },
        { "annotations", """{"id":900,"image_id":1,"category_id":1,"segmentation":{"size":[12,16],"counts":"~~"}}""", "packed run lengths are damaged" },
        { "annotations", """{"id":900,"image_id":1,"category_id":1,"segmentation":{"size":[16,12],"counts":[192]}}""", "run lengths are of size [16, 12], the picture is of size [12, 16]" },
        { "annotations", """{"id":900,"image_id":1,"category_id":1,"segmentation":[[20,1,30,1,30,4]]}""", "its polygons lie entirely outside" },
        { "annotations", """{"id":1,"image_id":2,"category_id":1,"segmentation":[[1,1,4,1,4,4]]}""", "annotation 1 (image 2): the id occurs more than once" },
        { "annotations", """{"id":900,"image_id":77,"category_id":1,"segmentation":[[1,1,4,1,4,4]]}""", "its image_id 77 is not in images" },
        { "annotations", """{"id":900,"image_id":1,"category_id":99,"segmentation":[[1,1,4,1,4,4]]}""", "its category_id 99 is not in categories" },
        { "annotations", """{"id":900,"image_id":1,"category_id":1}""", "annotations[12]: segmentation is missing" },
        { "images", """{"id":1,"file_name":"other.jpg","width":16,"height":12}""", "image 1 (other.jpg): the id occurs more than once" },
        { "images", """{"id":50,"file_name":"000000000002.jpg","width":16,"height":12}""", "image 50: the file_name '000000000002.jpg' is another image's already" },
        { "images", """{"id":50,"file_name":"../000000000002.jpg","width":16,"height":12}""", "'../000000000002.jpg' is not a path inside" },
        { "images", """{"id":50,"file_name":"/etc/passwd","width":16,"height":12}""", "'/etc/passwd' is not a path inside" },
        { "images", """{"id":50,"file_name":"huge.jpg","width":60000,"height":60000}""", "above the limit" },
    };

    [Theory]
    [MemberData(nameof(BadElements), DisableDiscoveryEnumeration = true)]
    public async Task A_bad_element_fails_by_default_and_is_skipped_when_that_is_asked_for(string list, string element, string cause)
    {
        using var coco = CocoFolderBuilder.WithPeople(12);
        var directory = await coco.WriteAsync();
        var path = coco["instances_tiny.json"];
        var json = await File.ReadAllTextAsync(path, Cancellation);
        var start = json.IndexOf($"\"{list}\":[", StringComparison.Ordinal);
        var next = json.IndexOf(list == "images" ? "],\"annotations\"" : "],\"categories\"", start, StringComparison.Ordinal);
        next.ShouldBeGreaterThan(start);
        await File.WriteAllTextAsync(path, json.Insert(next, "," + element), Encoding.UTF8, Cancellation);

        (await FailAsync(DatasetFailure.BadAnnotations, directory)).Message.ShouldContain(cause);

        await PrepareAsync(directory, Skip);
        (await ReadAllAsync()).Count.ShouldBe(12);
        var skipped = await SkippedAsync();
        (skipped.Images, skipped.Annotations).ShouldBe(list == "images" ? (1, 0) : (0, 1));
        skipped.Causes.Single().ShouldContain(cause);
    }

    [Fact]
    public async Task Of_many_bad_annotations_the_first_twenty_are_named()
    {
        using var coco = CocoFolderBuilder.WithPeople(30);
        for (var id = 1; id <= 30; id++)
            coco.AddBox(id, 1, 20, 2, 30, 8);
        var message = (await FailAsync(DatasetFailure.BadAnnotations, await coco.WriteAsync())).Message;
        message.Split('\n').Length.ShouldBe(22);
        message.ShouldEndWith("… and 10 more");
    }

    [Fact]
    public async Task The_annotations_of_an_image_that_cannot_be_used_are_one_line_behind_all_other_causes()
    {
        using var coco = CocoFolderBuilder.WithPeople(12);
        coco.Images[0] = coco.Images[0] with { FileName = "../outside.jpg" };
        for (var i = 0; i < 30; i++)
            coco.AddBox(1, 1, 2, 3, 6, 9);
        coco.AddBox(2, 1, 2, 3, 6, 9);
        coco.Annotations[^1] = coco.Annotations[^1] with { CategoryId = 99 };
        var directory = await coco.WriteAsync();

        var lines = (await FailAsync(DatasetFailure.BadAnnotations, directory)).Message.Split('\n');
        lines.Length.ShouldBe(4);
        lines[1].ShouldContain("'../outside.jpg' is not a path inside");
        lines[2].ShouldContain("its category_id 99 is not in categories");
        lines[3].ShouldContain("annotation 1 and 30 more (image 1): their image_id 1 is not in images, or that image cannot be used");

        await PrepareAsync(directory, Skip with { MaxSkippedShare = 0.75 });
        var skipped = await SkippedAsync();
        (skipped.Images, skipped.Annotations).ShouldBe((1, 32));
        skipped.Causes.Count.ShouldBe(3);
    }

    private async Task<SkippedInput> SkippedAsync()
    {
        var reader = await DatasetReader.OpenAsync(Storage, Id, Cancellation);
        return (await reader.ReadStatisticsAsync(Cancellation)).Skipped.ShouldNotBeNull();
    }
}
