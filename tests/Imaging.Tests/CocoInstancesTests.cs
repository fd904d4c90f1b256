using System.Text;
using FsCheck.Xunit;

namespace Maskwright.Imaging.Tests;

public sealed class CocoInstancesTests
{
    private const string Polygon = """{"id":5,"image_id":1,"category_id":3,"iscrowd":0,"area":9,"bbox":[1,1,3,3],"segmentation":[[1,1,4,1,4,4,1,4]]}""";

    [Fact]
    public async Task A_file_is_read_with_all_three_ways_to_write_a_region()
    {
        var coco = await Read($$"""
            {"videos":[[{"deep":[1,{"a":null}]}]],"info":{"description":"two cars","year":2017},
             "licenses":[{"id":2,"name":"BY","url":"http://example.org/by"}],
             "annotations":[{{Polygon}},
               {"segmentation":{"counts":[6,30],"size":[6,6]},"id":6,"iscrowd":1,"category_id":3,"image_id":1,"area":7.5,"keypoints":[0,0]},
               {"segmentation":{"size":[6,6],"counts":"733000;"},"id":7,"category_id":3,"image_id":1}],
             "images":[{"id":1,"file_name":"val/a.jpg","width":6,"height":6,"license":2,"coco_url":"x"}],
             "categories":[{"id":3,"name":"car","supercategory":"vehicle"}]}
            """);

        coco.Description.ShouldBe("two cars");
        coco.Licenses.ShouldBe([new CocoLicense(2, "BY", "http://example.org/by")]);
        coco.Images.ShouldBe([new CocoImage(1, "val/a.jpg", 6, 6, 2)]);
        coco.Categories.ShouldBe([new CocoCategory(3, "car", "vehicle")]);
        coco.Annotations.Select(a => (a.Id, a.IsCrowd, a.Area)).ShouldBe([(5, false, 9), (6, true, 7.5), (7, false, 0)]);
        coco.Annotations[0].Segmentation.ShouldBeOfType<CocoSegmentation.Polygons>().Parts.ShouldBe([[1, 1, 4, 1, 4, 4, 1, 4]]);
        coco.Annotations[1].Segmentation.ShouldBeOfType<CocoSegmentation.UncompressedRle>().Counts.ShouldBe([6u, 30u]);
        coco.Annotations[2].Segmentation.ShouldBe(new CocoSegmentation.CompressedRle(6, 6, "733000;"));
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[1,2]", "not a COCO instances file: it is no JSON object")]
    [InlineData("""{"version":"5.0","shapes":[]}""", "not a COCO instances file: it has no images, no annotations, no categories")]
    [InlineData("""{"images":[],"annotations":[]}""", "it has no categories")]
    [InlineData("""{"images":{}}""", "images: expected a list")]
    [InlineData("""{"images":[],"images":[]}""", "images: occurs twice")]
    [InlineData("""{"images":[{"id":1,"file_name":"a.jpg","width":6,"hei""", "images[0]: not valid JSON in line 1")]
    [InlineData("""{"images":[],"annotations":[],"categories":[]} x""", "not valid JSON")]
    [InlineData("{\"info\":{\"description\":\"\\ud800\"}}", "not valid Unicode")]
    public async Task A_file_that_is_not_COCO_is_refused(string json, string reason) =>
        (await Refusal(json)).Message.ShouldContain(reason);

    [Theory]
    [InlineData("""{"id":1,"width":6,"height":6}""", "images[0]: file_name is missing")]
    [InlineData("""{"id":"1","file_name":"a.jpg","width":6,"height":6}""", "images[0].id: expected a whole number")]
    [InlineData("""{"id":1,"file_name":"a.jpg","width":0,"height":6}""", "images[0].width: expected a whole number from 1")]
    [InlineData("""{"id":1,"file_name":"a.jpg","width":99999,"height":99999}""", "above the limit")]
    [InlineData("""{"id":1,"file_name":"../../etc/passwd","width":6,"height":6}""", "images[0].file_name: '../../etc/passwd' is not a path inside")]
    [InlineData("""{"id":1,"file_name":"/etc/passwd","width":6,"height":6}""", "is not a path inside")]
    [InlineData("""{"id":1,"file_name":"C:\\a.jpg","width":6,"height":6}""", "is not a path inside")]
    [InlineData("7", "images[0]: expected an object")]
    public async Task An_image_that_cannot_be_is_refused_with_its_place(string image, string reason) =>
        (await Refusal($$"""{"images":[{{image}}]}""")).Message.ShouldContain(reason);

    [Theory]
    [InlineData("[[1,1,4,1]]", "annotations[1].segmentation[0]: a polygon needs")]
    [InlineData("[[1,1,4,1,4,4],[1,1,4,1,4,4,1]]", "annotations[1].segmentation[1]: a polygon needs")]
    [InlineData("[[1,1,4,1,4,1e999]]", "annotations[1].segmentation[0]: the coordinate")]
    [InlineData("[[1,1,4,1,4,\"4\"]]", "annotations[1].segmentation[0][5]: expected a number")]
    [InlineData("[[1,1,4,1,4,NaN]]", "annotations[1]: not valid JSON")]
    [InlineData("[1,1,4,1,4,4]", "annotations[1].segmentation: expected a list of polygons, each")]
    [InlineData("[]", "annotations[1].segmentation: expected at least one polygon")]
    [InlineData("\"T1\"", "annotations[1].segmentation: expected a list of polygons, or an object")]
    [InlineData("""{"size":[6,6]}""", "annotations[1].segmentation: expected both size and counts")]
    [InlineData("""{"size":[6],"counts":[36]}""", "annotations[1].segmentation.size: expected [height, width]")]
    [InlineData("""{"size":[6,6],"counts":[40,-4]}""", "annotations[1].segmentation.counts: expected a list of run lengths")]
    [InlineData("""{"size":[6,6],"counts":[30,5]}""", "annotations[1].segmentation: the run lengths add up to 35")]
    [InlineData("""{"size":[6,6],"counts":"7330"}""", "annotations[1].segmentation: the run lengths add up to")]
    [InlineData("""{"size":[3,12],"counts":[36]}""", "are of size [3, 12], the picture is of size [6, 6] (annotation 6, image 1)")]
    public async Task A_region_that_cannot_be_is_refused_with_its_place(string segmentation, string reason) =>
        (await Refusal(WithAnnotation($$"""{"id":6,"image_id":1,"category_id":3,"segmentation":{{segmentation}}}""")))
            .Message.ShouldContain(reason);

    [Theory]
    [InlineData("""{"id":5,"image_id":1,"category_id":3,"segmentation":[[1,1,4,1,4,4]]}""", "annotations: 1 id(s) occur more than once: 5")]
    [InlineData("""{"id":6,"image_id":8,"category_id":3,"segmentation":[[1,1,4,1,4,4]]}""", "1 annotation(s) have an image_id that is not in images: 6 (image 8)")]
    [InlineData("""{"id":6,"image_id":1,"category_id":9,"segmentation":[[1,1,4,1,4,4]]}""", "1 annotation(s) have a category_id that is not in categories: 6 (category 9)")]
    [InlineData("""{"id":6,"image_id":1,"category_id":3}""", "annotations[1]: segmentation is missing")]
    [InlineData("""{"id":6,"image_id":1,"category_id":3,"iscrowd":2,"segmentation":[]}""", "annotations[1].iscrowd: expected a whole number from 0 to 1")]
    [InlineData("""{"id":6,"image_id":1,"category_id":3,"area":-1,"segmentation":[]}""", "annotations[1].area: expected")]
    public async Task An_annotation_that_contradicts_the_rest_is_refused(string annotation, string reason) =>
        (await Refusal(WithAnnotation(annotation))).Message.ShouldContain(reason);

    [Fact]
    public async Task An_error_carries_file_and_place()
    {
        var error = await Refusal(WithAnnotation("""{"id":6,"image_id":1,"category_id":3,"segmentation":[[1,2]]}"""));
        (error.File, error.Place).ShouldBe(("set.json", "annotations[1].segmentation[0]"));
    }

    [Fact]
    public async Task A_file_far_larger_than_the_buffer_is_read_in_any_portions_and_after_a_byte_order_mark()
    {
        var many = Enumerable.Range(0, 4000).Select(i => Polygon.Replace("\"id\":5", $"\"id\":{i}"));
        var json = "\uFEFF" + $$"""
            {"unused":"{{new string('x', 200_000)}}","annotations":[{{string.Join(",\n", many)}}],
            "images":[{"id":1,"file_name":"a.jpg","width":6,"height":6}],"categories":[{"id":3,"name":"car"}]}
            """;
        await using var stream = new Dripping(Encoding.UTF8.GetBytes(json));
        var coco = await CocoInstances.ReadAsync(stream, "set.json", TestContext.Current.CancellationToken);
        coco.Annotations.Select(a => a.Id).ShouldBe(Enumerable.Range(0, 4000).Select(i => (long)i));
    }

    [Fact]
    public async Task What_is_written_is_read_back_the_same()
    {
        var coco = new CocoInstances(
            [new(1, "a.jpg", 6, 6, 2), new(2, "b.jpg", 40, 30, 0)],
            [
                new(10, 1, 3, false, 9.25, new CocoSegmentation.Polygons([[1, 1, 4.5, 1, 4, 4.125, 1, 4], [0, 0, 1, 0, 1, 1]])),
                new(11, 1, 3, true, 30, new CocoSegmentation.UncompressedRle(6, 6, [6, 30])),
                new(12, 2, 4, true, 0, new CocoSegmentation.CompressedRle(30, 40, Rle.FromCounts(30, 40, [1200]).ToString())),
            ],
            [new(3, "car", "vehicle"), new(4, "dog \"<ö>\"", null)])
        {
            Description = "A set",
            Licenses = [new(2, "BY", "http://example.org")],
        };

        var once = await Write(coco);
        var back = await Read(once);
        (await Write(back)).ShouldBe(once);
        back.Images.ShouldBe(coco.Images);
        back.Categories.ShouldBe(coco.Categories);
        back.Licenses.ShouldBe(coco.Licenses);
        back.Description.ShouldBe("A set");
        once.ShouldContain("\"bbox\":[0,0,4.5,4.12]");
        once.ShouldContain("\"bbox\":[1,0,5,6]");
    }

    [Property]
    public async Task Any_polygon_is_written_and_read_back_to_the_bit(double[] numbers)
    {
        double[] part = [1, 2, 3, 4, 5, 6, .. numbers.Where(n => Math.Abs(n) <= 100_000)];
        part = part[..(part.Length / 2 * 2)];
        var coco = new CocoInstances(
            [new(1, "a.jpg", 6, 6, 0)], [new(1, 1, 1, false, 1, new CocoSegmentation.Polygons([part]))], [new(1, "a", null)]);
        var back = await Read(await Write(coco));
        ((CocoSegmentation.Polygons)back.Annotations[0].Segmentation).Parts[0].ShouldBe(part);
    }

    [Fact]
    public void A_polygon_beside_the_picture_lies_outside_and_one_across_its_edge_does_not()
    {
        new CocoSegmentation.Polygons([[700, 10, 720, 10, 720, 30]]).LiesOutside(640, 480).ShouldBeTrue();
        new CocoSegmentation.Polygons([[-20, 10, 0, 10, -1, 30]]).LiesOutside(640, 480).ShouldBeTrue();
        new CocoSegmentation.Polygons([[630, 10, 720, 10, 720, 30]]).LiesOutside(640, 480).ShouldBeFalse();
    }

    [Fact]
    public async Task Coco_mini_is_read_whole_and_its_crowd_boxes_agree()
    {
        var coco = await CocoMini.ReadOrSkipAsync(TestContext.Current.CancellationToken);
        (coco.Images.Count, coco.Annotations.Count, coco.Categories.Count).ShouldBe((654, 6731, 80));
        coco.Annotations.Count(a => a.IsCrowd).ShouldBe(91);
        coco.Annotations.Where(a => a.IsCrowd).ShouldAllBe(a => a.Segmentation is CocoSegmentation.UncompressedRle);

        // bbox is not kept by the reader: take it from the file itself.
        var path = Path.Combine(CocoMini.FolderOrSkip(), "instances_coco_mini.json");
        using var json = System.Text.Json.JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        var boxes = json.RootElement.GetProperty("annotations").EnumerateArray()
            .ToDictionary(a => a.GetProperty("id").GetInt64(), a => a.GetProperty("bbox").EnumerateArray().Select(v => v.GetDouble()).ToArray());
        foreach (var crowd in coco.Annotations.Where(a => a.IsCrowd))
        {
            var runs = (CocoSegmentation.UncompressedRle)crowd.Segmentation;
            var box = Rle.FromCounts(runs.Height, runs.Width, runs.Counts).Bounds().ShouldNotBeNull();
            new double[] { box.X, box.Y, box.Width, box.Height }.ShouldBe(boxes[crowd.Id], tolerance: 1);
        }
    }

    private static string WithAnnotation(string annotation) => $$"""
        {"images":[{"id":1,"file_name":"a.jpg","width":6,"height":6}],"categories":[{"id":3,"name":"car"}],
        "annotations":[{{Polygon}},{{annotation}}]}
        """;

    private static async Task<CocoInstances> Read(string json) => await CocoInstances.ReadAsync(
        new MemoryStream(Encoding.UTF8.GetBytes(json)), "set.json", TestContext.Current.CancellationToken);

    private static async Task<string> Write(CocoInstances coco)
    {
        using var stream = new MemoryStream();
        await coco.WriteAsync(stream, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static Task<CocoFormatException> Refusal(string json) => Should.ThrowAsync<CocoFormatException>(() => Read(json));

    /// <summary>Hands out a few bytes at a time, as a network does.</summary>
    private sealed class Dripping(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 1021)], cancellationToken);
    }
}
