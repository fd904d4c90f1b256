using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Maskwright.Imaging;

namespace Maskwright.Datasets.Tests;

public sealed class ContourTracerTests
{
    [Fact]
    public void A_rectangle_becomes_its_four_corners()
    {
        var mask = Mask(
            ".....",
            ".###.",
            ".###.",
            ".....");
        ContourTracer.Trace(mask, 5, 4).ShouldHaveSingleItem().ShouldBe([1, 1, 4, 1, 4, 3, 1, 3]);
    }

    [Fact]
    public void A_region_with_a_hole_is_cut_through_the_hole_into_two_polygons()
    {
        var mask = Mask(
            "#####",
            "#...#",
            "#####");
        var parts = ContourTracer.Trace(mask, 5, 3);
        parts.Count.ShouldBe(2);
        Rasterised(parts, 5, 3).ShouldBe(mask);
    }

    [Fact]
    public void Regions_that_touch_at_a_corner_stay_apart()
    {
        var mask = Mask(
            "##..",
            "##..",
            "..##",
            "..##");
        ContourTracer.Trace(mask, 4, 4).Count.ShouldBe(2);
    }

    [Fact]
    public void Parts_below_the_least_area_are_dropped_and_such_holes_filled()
    {
        var mask = Mask(
            "#.......",
            "..#####.",
            "..##.##.",
            "..#####.");
        ContourTracer.Trace(mask, 8, 4, least: 2).ShouldHaveSingleItem().ShouldBe([2, 1, 7, 1, 7, 4, 2, 4]);
    }

    [Property(MaxTest = 300)]
    public Property Rasterising_the_outlines_of_any_mask_gives_the_mask_back()
    {
        var masks =
            from width in Gen.Choose(1, 14)
            from height in Gen.Choose(1, 14)
            from density in Gen.Choose(1, 9)
            from pixels in Gen.ArrayOf(Gen.Choose(0, 9).Select(draw => draw < density), width * height)
            select (width, height, pixels);
        return Prop.ForAll(masks.ToArbitrary(), sample =>
            Rasterised(ContourTracer.Trace(sample.pixels, sample.width, sample.height), sample.width, sample.height).SequenceEqual(sample.pixels));
    }

    private static bool[] Mask(params string[] rows) => [.. string.Concat(rows).Select(pixel => pixel == '#')];

    private static bool[] Rasterised(IReadOnlyList<double[]> parts, int width, int height)
    {
        var mask = IndexMask.Empty(width, height);
        if (parts.Count > 0)
            Rle.FromPolygons(parts, height, width).Paint(mask, 1);
        return [.. mask.Pixels.Select(pixel => pixel == 1)];
    }
}
