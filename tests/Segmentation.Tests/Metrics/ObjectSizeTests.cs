using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

public sealed class ObjectSizeTests
{
    [Theory]
    [InlineData(0, ObjectSize.Small)]
    [InlineData(1023.9, ObjectSize.Small)]
    [InlineData(1024, ObjectSize.Medium)]
    [InlineData(9215.9, ObjectSize.Medium)]
    [InlineData(9216, ObjectSize.Large)]
    public void Sizes_are_those_of_COCO(double area, ObjectSize expected) => ObjectSizeCounts.SizeOf(area).ShouldBe(expected);

    // Truth          prediction     A small object of class 1 in columns 0-2, a large one in columns 4-7 whose picture is
    // 1 1 0 0 1 1 1 1    1 0 1 1 1 1 1 0    twice as wide and high as what is measured.
    // 1 1 0 0 1 1 1 -    1 0 1 0 1 1 0 1    "-" is ignored.
    private static readonly IndexMask Truth = new(8, 2, [1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 255]);
    private static readonly IndexMask Prediction = new(8, 2, [1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 0, 1]);

    [Fact]
    public void What_lies_in_the_boxes_of_a_size_counts()
    {
        var counts = new ObjectSizeCounts(classes: 3);

        counts.Add(Truth, Prediction, Sample([new(1, 100, new PixelBox(0, 0, 6, 4)), new(1, 20_000, new PixelBox(8, 0, 8, 4))]));

        var sizes = counts.ToMetrics()!;
        sizes.Select(size => size.Size).ShouldBe([ObjectSize.Small, ObjectSize.Medium, ObjectSize.Large]);

        // Columns 0 to 2: 4 pixels of truth, 4 of prediction, 2 of both.
        sizes[0].Objects.ShouldBe([0, 1, 0]);
        sizes[0].Classes[1].Support.ShouldBe(4);
        sizes[0].Classes[1].IoU!.Value.ShouldBe(2 / 6.0);
        sizes[0].MeanIoU!.Value.ShouldBe(2 / 6.0);

        // Columns 4 to 7, without the ignored pixel: 7 of truth, 5 of prediction, all of them right.
        sizes[2].Classes[1].Support.ShouldBe(7);
        sizes[2].Classes[1].IoU!.Value.ShouldBe(5 / 7.0);
        sizes[2].Classes[1].Precision.ShouldBe(1);

        sizes[1].Objects.ShouldBe([0, 0, 0]);
        sizes[1].MeanIoU.ShouldBeNull();
        sizes.ShouldAllBe(size => size.Classes[0].IoU == null && size.Classes[2].IoU == null);
    }

    [Fact]
    public void A_pixel_in_two_boxes_counts_once_and_a_box_covers_every_pixel_that_shows_some_of_it()
    {
        var counts = new ObjectSizeCounts(classes: 2);

        counts.Add(Truth, Prediction, Sample([new(1, 100, new PixelBox(1, 1, 2, 2)), new(1, 100, new PixelBox(0, 0, 4, 4))]));

        var small = counts.ToMetrics()![0];
        small.Objects.ShouldBe([0, 2]);
        (small.Classes[1].Support, small.Classes[1].Predicted).ShouldBe((4, 2));
    }

    [Fact]
    public void Counts_of_several_images_add_up_and_one_without_objects_leaves_no_scores()
    {
        var (one, other) = (new ObjectSizeCounts(classes: 2), new ObjectSizeCounts(classes: 2));
        one.Add(Truth, Prediction, Sample([new(1, 100, new PixelBox(0, 0, 6, 4))]));
        other.Add(Truth, Prediction, Sample([new(1, 50, new PixelBox(0, 0, 6, 4))]));
        other.Add(Truth, Prediction, Sample([]));
        one.Merge(other);
        one.ToMetrics()![0].Classes[1].ShouldBe(ClassMetrics.From(1, hits: 4, support: 8, predicted: 8));

        other.Add(Truth, Prediction, Sample(null));
        other.ToMetrics().ShouldBeNull();
        one.Merge(other);
        one.ToMetrics().ShouldBeNull();
    }

    private static SampleInfo Sample(IReadOnlyList<SampleObject>? objects) => new(1, "a.jpg", Width: 16, Height: 4, License: 0, objects);
}
