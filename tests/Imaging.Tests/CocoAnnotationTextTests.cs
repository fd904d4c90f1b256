using System.Globalization;
using System.Text;
using FsCheck.Xunit;

namespace Maskwright.Imaging.Tests;

/// <summary>The quick way to read annotations gives what the general one gives, or leaves them to it.</summary>
public sealed class CocoAnnotationTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0.5", -0.5)]
    [InlineData(" 12.25", 12.25)]
    [InlineData("123456789012345", 123456789012345)]
    [InlineData("0.1", 0.1)]
    [InlineData("2765.1486500000005", 2765.1486500000005)]
    [InlineData("-12345678901234567890.5", -12345678901234567890.5)]
    public void A_plain_number_is_read(string text, double expected)
    {
        var at = 0;
        JsonBytes.TryNumber(Encoding.UTF8.GetBytes(text + ","), ref at, out var value).ShouldBeTrue();
        value.ShouldBe(expected);
        at.ShouldBe(text.Length);
    }

    [Theory]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("1e5")]
    [InlineData("1.5E-3")]
    [InlineData("NaN")]
    public void What_is_no_plain_number_is_left_to_the_general_reader(string text)
    {
        var at = 0;
        JsonBytes.TryNumber(Encoding.UTF8.GetBytes(text + ","), ref at, out _).ShouldBeFalse();
        at.ShouldBe(0);
    }

    [Property(MaxTest = 2000)]
    public bool Any_decimal_is_read_to_the_bit(int whole, uint fraction, byte digits)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{whole}.{fraction.ToString(CultureInfo.InvariantCulture).PadLeft(digits % 12 + 1, '0')}");
        var at = 0;
        return !JsonBytes.TryNumber(Encoding.UTF8.GetBytes(text + "]"), ref at, out var value)
            || BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("""{"id":5,"image_id":1,"category_id":3,"segmentation":[[1,1,4,1,4,4]]}""", true)]
    [InlineData(""" { "segmentation" : [ [1 ,1,4,1,4,4] ,[0,0,1.5,0,1,1]] , "area":7.25,"iscrowd":1,"image_id":-1,"bbox":[1,2,3,4],"category_id":3,"id":5,"score":0.5}""", true)]
    [InlineData("""{"id":5,"image_id":1,"category_id":3,"segmentation":[[1,1,4,1,4,4]],"note":"text"}""", false)]
    [InlineData("""{"id":5,"image_id":1,"category_id":3,"segmentation":{"size":[6,6],"counts":[36]}}""", false)]
    [InlineData("""{"id":1234567890123456,"image_id":1,"category_id":3,"segmentation":[[1,1,4,1,4,4]]}""", false)]
    [InlineData("""{"id":5,"image_id":1,"category_id":3,"area":702.1057499999998,"segmentation":[[1,1,4,1,4,4]]}""", true)]
    [InlineData("""{"id":5.0,"image_id":1,"category_id":3,"segmentation":[[1,1,4,1,4,4]]}""", false)]
    [InlineData("""{"id":5,"image_id":1,"category_id":3,"segmentation":[[1,1,4,1,4,4,5]]}""", false)]
    [InlineData("""{"id":5,"image_id":1,"category_id":3,"segmentation":[[1,1,4,1,4,4],]}""", false)]
    [InlineData("""{"id":5,"image_id":1,"category_id":3,"iscrowd":2,"segmentation":[[1,1,4,1,4,4]]}""", false)]
    [InlineData("""{"image_id":1,"category_id":3,"segmentation":[[1,1,4,1,4,4]]}""", false)]
    public void The_quick_way_is_taken_for_plain_annotations_only(string json, bool quick) =>
        new CocoAnnotationText(defersOutlines: false).TryRead(Encoding.UTF8.GetBytes(json.Trim()), out _).ShouldBe(quick);

    [Theory]
    [InlineData("[[1,1,4,1,4,4]]", true)]
    [InlineData("[[1,1,4,1,4,4,1]]", true)]
    [InlineData("[ [1,1,4,1,4,4],[01,,-] ]", true)]
    [InlineData("[[1,1,4,1,4,4],[1,1,4,1,4,1e2]]", false)]
    [InlineData("[[1,1,4,1,4,\"4\"]]", false)]
    [InlineData("{\"size\":[6,6],\"counts\":[36]}", false)]
    public void An_outline_that_is_deferred_is_shown_as_it_stands(string outline, bool quick)
    {
        var json = Encoding.UTF8.GetBytes($$"""{"id":5,"segmentation":{{outline}} ,"image_id":1,"category_id":3}""");
        new CocoAnnotationText(defersOutlines: true).TryRead(json, out var annotation).ShouldBe(quick);
        if (quick)
            Encoding.UTF8.GetString(annotation.Segmentation).ShouldBe(outline);
    }

    [Property(MaxTest = 500)]
    public async Task Both_ways_read_the_same(int[] numbers, ushort area, bool crowd)
    {
        int[] corners = [1, 2, 3, 4, 5, 6, .. numbers.Select(n => n % 1000)];
        corners = corners[..(corners.Length / 2 * 2)];
        var outline = string.Join(",", corners.Select(n => (n / 8.0).ToString(CultureInfo.InvariantCulture)));
        var plain = $$"""{"segmentation":[[{{outline}}]],"area":{{area}}.5,"iscrowd":{{(crowd ? 1 : 0)}},"image_id":1,"category_id":3,"id":9}""";
        new CocoAnnotationText(defersOutlines: false).TryRead(Encoding.UTF8.GetBytes(plain), out _).ShouldBeTrue();
        // A text that nobody needs sends it the general way.
        var general = plain[..^1] + ",\"note\":\"x\"}";
        var (a, b) = (await ReadAsync(plain), await ReadAsync(general));
        ((CocoSegmentation.Polygons)a.Segmentation).Parts.ShouldBe(((CocoSegmentation.Polygons)b.Segmentation).Parts);
        (a with { Segmentation = b.Segmentation }).ShouldBe(b);
    }

    private static async Task<CocoAnnotation> ReadAsync(string annotation)
    {
        var json = $$"""{"images":[{"id":1,"file_name":"a.jpg","width":6,"height":6}],"categories":[{"id":3,"name":"car"}],"annotations":[{{annotation}}]}""";
        var coco = await CocoInstances.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(json)), "a.json", TestContext.Current.CancellationToken);
        return coco.Annotations.Single();
    }
}
