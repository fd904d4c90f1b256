namespace Maskwright.Imaging.Tests;

public sealed class MaskPainterTests
{
    private static readonly CocoImage Image = new(1, "a.jpg", Width: 6, Height: 3, License: 0);

    [Fact]
    public void The_higher_class_index_wins_an_overlap_in_whatever_order_they_come()
    {
        (CocoAnnotation, byte)[] annotations = [(Box(1, 0, 4), 1), (Box(2, 2, 6), 3), (Box(3, 3, 5), 2)];
        var mask = MaskPainter.Paint(Image, annotations);
        mask.Pixels.Chunk(6).ShouldAllBe(row => row.SequenceEqual(new byte[] { 1, 1, 3, 3, 3, 3 }));
        MaskPainter.Paint(Image, annotations.Reverse()).Pixels.ShouldBe(mask.Pixels);
    }

    [Fact]
    public void A_crowd_is_ignored_except_where_an_instance_covers_it()
    {
        var crowd = new CocoAnnotation(9, 1, 1, IsCrowd: true, 12, new CocoSegmentation.UncompressedRle(3, 6, [6, 12]));
        MaskPainter.Paint(Image, [(Box(1, 1, 4), 1), (crowd, 1)]).Pixels.Chunk(6)
            .ShouldAllBe(row => row.SequenceEqual(new byte[] { 0, 1, 1, 1, 255, 255 }));
    }

    // Boxes of 3 rows: columns 0 to 4 of class 2, then 2 to 6 of class 1, then the small 3 to 5 of class 1.
    [Theory]
    [InlineData(OverlapPolicy.HighestClass, new byte[] { 2, 2, 2, 2, 1, 1 })]
    [InlineData(OverlapPolicy.LastAnnotation, new byte[] { 2, 2, 1, 1, 1, 1 })]
    [InlineData(OverlapPolicy.SmallestOnTop, new byte[] { 2, 2, 2, 1, 1, 1 })]
    [InlineData(OverlapPolicy.Ignore, new byte[] { 2, 2, 255, 255, 1, 1 })]
    public void Each_policy_decides_overlaps_in_its_own_way(OverlapPolicy policy, byte[] row) =>
        MaskPainter.Paint(Image, [(Box(1, 0, 4), 2), (Box(2, 2, 6), 1), (Box(3, 3, 5), 1)], policy).Pixels.Chunk(6)
            .ShouldAllBe(painted => painted.SequenceEqual(row));

    [Theory]
    [InlineData(OverlapPolicy.HighestClass)]
    [InlineData(OverlapPolicy.SmallestOnTop)]
    [InlineData(OverlapPolicy.Ignore)]
    public void The_order_of_annotations_counts_only_where_the_policy_says_so(OverlapPolicy policy)
    {
        (CocoAnnotation, byte)[] annotations = [(Box(1, 0, 4), 2), (Box(2, 2, 6), 1), (Box(3, 3, 5), 3), (Crowd(4, 0, 6), 1)];
        var expected = MaskPainter.Paint(Image, annotations, policy, CrowdPolicy.Paint).Pixels;
        MaskPainter.Paint(Image, annotations.Reverse(), policy, CrowdPolicy.Paint).Pixels.ShouldBe(expected);
    }

    [Fact]
    public void Three_classes_in_one_place_are_as_disputed_as_two() =>
        MaskPainter.Paint(Image, [(Box(1, 0, 6), 2), (Box(2, 0, 6), 1), (Box(3, 2, 6), 2)], OverlapPolicy.Ignore).Pixels.ShouldAllBe(v => v == 255);

    // A box of class 1 in columns 1 and 2, crowds of class 2 in 2 to 4 and of class 3 in 4 and 5.
    [Theory]
    [InlineData(CrowdPolicy.Ignore, OverlapPolicy.HighestClass, new byte[] { 0, 1, 1, 255, 255, 255 })]
    [InlineData(CrowdPolicy.Ignore, OverlapPolicy.Ignore, new byte[] { 0, 1, 1, 255, 255, 255 })]
    [InlineData(CrowdPolicy.Paint, OverlapPolicy.HighestClass, new byte[] { 0, 1, 2, 2, 3, 3 })]
    [InlineData(CrowdPolicy.Paint, OverlapPolicy.SmallestOnTop, new byte[] { 0, 1, 1, 2, 3, 3 })]
    [InlineData(CrowdPolicy.Paint, OverlapPolicy.Ignore, new byte[] { 0, 1, 255, 2, 255, 3 })]
    [InlineData(CrowdPolicy.Background, OverlapPolicy.HighestClass, new byte[] { 0, 1, 1, 0, 0, 0 })]
    public void Crowds_are_ignored_painted_or_left_out(CrowdPolicy crowds, OverlapPolicy overlap, byte[] row) =>
        MaskPainter.Paint(Image, [(Crowd(2, 2, 5), 2), (Crowd(3, 4, 6), 3), (Box(1, 1, 3), 1)], overlap, crowds).Pixels.Chunk(6)
            .ShouldAllBe(painted => painted.SequenceEqual(row));

    [Fact]
    public void All_three_ways_to_write_a_region_paint_the_same()
    {
        var polygons = Box(1, 1, 4).Segmentation;
        var rle = Rle.FromSegmentation(polygons, 3, 6);
        CocoSegmentation[] ways =
        [
            polygons,
            new CocoSegmentation.UncompressedRle(3, 6, rle.Counts.ToArray()),
            new CocoSegmentation.CompressedRle(3, 6, rle.ToString()),
        ];
        foreach (var way in ways)
        {
            MaskPainter.Paint(Image, [(new CocoAnnotation(1, 1, 1, false, 9, way), 1)]).Pixels.Chunk(6)
                .ShouldAllBe(row => row.SequenceEqual(new byte[] { 0, 1, 1, 1, 0, 0 }));
        }
    }

    [Fact]
    public void No_annotation_leaves_background() =>
        MaskPainter.Paint(Image, []).Pixels.ShouldAllBe(v => v == 0);

    [Fact]
    public void Runs_of_another_size_are_refused_and_the_annotation_named()
    {
        var wrong = new CocoAnnotation(77, 1, 1, true, 1, new CocoSegmentation.UncompressedRle(6, 3, [18]));
        Should.Throw<FormatException>(() => MaskPainter.Paint(Image, [(wrong, 1)])).Message.ShouldStartWith("annotation 77 of image 1 (a.jpg): ");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    public void An_instance_of_background_or_ignore_is_refused(byte classIndex) =>
        Should.Throw<ArgumentException>(() => MaskPainter.Paint(Image, [(Box(5, 0, 2), classIndex)])).Message.ShouldContain("Annotation 5");

    private static CocoAnnotation Crowd(long id, double left, double right) => Box(id, left, right) with { IsCrowd = true };

    private static CocoAnnotation Box(long id, double left, double right) => new(
        id, ImageId: 1, CategoryId: 1, IsCrowd: false, Area: 3 * (right - left),
        new CocoSegmentation.Polygons([[left, 0, right, 0, right, 3, left, 3]]));
}
