namespace Maskwright.Imaging.Tests;

public sealed class CocoSegmentationTests
{
    [Fact]
    public void Bounds_of_polygons_are_whole_pixels_within_the_picture()
    {
        var region = new CocoSegmentation.Polygons([[2.5, 3, 6.2, 3, 6.2, 9.9], [-4, 1.5, 1, 1.5, 1, 2]]);
        region.Bounds(20, 20).ShouldBe(new PixelBox(0, 1, 7, 9));
        region.Bounds(5, 20).ShouldBe(new PixelBox(0, 1, 5, 9));
    }

    [Fact]
    public void A_region_outside_the_picture_has_no_bounds()
    {
        new CocoSegmentation.Polygons([[30, 30, 40, 30, 40, 40]]).Bounds(20, 20).ShouldBeNull();
        new CocoSegmentation.UncompressedRle(2, 2, [4]).Bounds(2, 2).ShouldBeNull();
    }

    [Fact]
    public void Run_lengths_are_bounded_by_their_pixels() =>
        new CocoSegmentation.UncompressedRle(4, 4, [5, 2, 9]).Bounds(4, 4).ShouldBe(new PixelBox(1, 1, 1, 2));
}
