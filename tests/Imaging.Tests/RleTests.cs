using System.Security.Cryptography;
using System.Text;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Maskwright.Imaging.Tests;

/// <summary>Goldens marked so were made with the COCO API's own maskApi.c.</summary>
public sealed class RleTests
{
    private static readonly double[] Star = [5, 0, 6.5, 3.5, 10, 3.8, 7.3, 6.2, 8.2, 10, 5, 7.9, 1.8, 10, 2.7, 6.2, 0, 3.8, 3.5, 3.5];

    [Fact]
    public void A_square_with_whole_corners_covers_the_pixels_between_them() =>
        Picture([[1, 1, 4, 1, 4, 4, 1, 4]], 6, 6).ShouldBe(
            """
            ......
            .###..
            .###..
            .###..
            ......
            ......
            """);

    [Fact]
    public void A_triangle_covers_the_pixels_whose_middle_lies_inside_of_its_slope() =>
        Picture([[0, 0, 5, 0, 0, 5]], 6, 6).ShouldBe(
            """
            ####..
            ###...
            ##....
            #.....
            ......
            ......
            """);

    [Fact]
    public void A_polygon_partly_outside_is_clipped() =>
        Picture([[-3, -2, 3.5, -2, 3.5, 2.6, -3, 2.6]], 5, 5).ShouldBe(
            """
            ####.
            ####.
            ####.
            .....
            .....
            """);

    [Fact]
    public void Two_parts_that_overlap_are_united() =>
        Picture([[0, 0, 3, 0, 3, 3, 0, 3], [2, 2, 5, 2, 5, 5, 2, 5]], 6, 7).ShouldBe(
            """
            ###....
            ###....
            #####..
            ..###..
            ..###..
            .......
            """);

    public static TheoryData<double[][], int, int, string> Goldens => new()
    {
        { [[1, 1, 4, 1, 4, 4, 1, 4]], 6, 6, "733000;" },
        { [[0, 0, 5, 0, 0, 5]], 6, 6, "042O1O1O=" },
        { [[-3, -2, 3.5, -2, 3.5, 2.6, -3, 2.6]], 5, 5, "032000005" },
        { [[0, 0, 3, 0, 3, 3, 0, 3], [2, 2, 5, 2, 5, 5, 2, 5]], 6, 7, "0330020N00:" },
        { [[1.3, 0.7, 6.2, 2.1, 3.9, 7.8, 0.4, 5.5]], 9, 8, "514401O01N1Nb0" },
        { [[0, 0, 6, 0, 6, 6, 0, 6]], 6, 6, "0T1" },
        { [[1, 1, 1.2, 1, 1.2, 5, 1, 5]], 6, 6, "T1" },
        { [[1, 1, 1, 1, 5, 1, 5, 5, 1, 5]], 6, 6, "742000005" },
        { [[20, 20, 25, 20, 25, 25]], 6, 6, "T1" },
        { [Star], 11, 11, "?1:1G142N2102O0LK14Ng0" },
    };

    [Theory]
    [MemberData(nameof(Goldens))]
    public void A_polygon_gives_the_golden_string_of_maskApi(double[][] parts, int height, int width, string golden) =>
        Rle.FromPolygons(parts, height, width).ToString().ShouldBe(golden);

    [Fact]
    public void Three_thousand_random_polygons_give_the_golden_strings_of_maskApi()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var state = 12345L;
        long Draw(int below)
        {
            state = (state * 1103515245 + 12345) % (1L << 31);
            return state / 65536 % below;
        }

        for (var i = 0; i < 3000; i++)
        {
            var height = 1 + (int)Draw(40);
            var width = 1 + (int)Draw(40);
            var parts = new double[1 + Draw(3)][];
            for (var p = 0; p < parts.Length; p++)
            {
                parts[p] = new double[2 * (3 + Draw(6))];
                for (var k = 0; k < parts[p].Length; k++)
                {
                    parts[p][k] = Draw(6000) / 100.0 - 10;
                }
            }

            hash.AppendData(Encoding.ASCII.GetBytes(Rle.FromPolygons(parts, height, width) + "\n"));
        }

        Convert.ToHexStringLower(hash.GetHashAndReset())
            .ShouldBe("eb66d1e73d973791c4814b9748960568b608db6396ec26468cbf922ab64dd685");
    }

    [Fact]
    public async Task All_polygons_of_coco_mini_give_the_golden_strings_of_maskApi()
    {
        var coco = await CocoMini.ReadOrSkipAsync(TestContext.Current.CancellationToken);
        var images = coco.Images.ToDictionary(image => image.Id);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var ratios = new List<double>();
        var area = 0L;
        foreach (var annotation in coco.Annotations.Where(a => a.Segmentation is CocoSegmentation.Polygons))
        {
            var rle = Rle.FromSegmentation(annotation.Segmentation, images[annotation.ImageId].Height, images[annotation.ImageId].Width);
            hash.AppendData(Encoding.ASCII.GetBytes(rle + "\n"));
            area += rle.Area;
            ratios.Add(rle.Area / annotation.Area);
        }

        ratios.Count.ShouldBe(6640);
        area.ShouldBe(56_675_811);
        Convert.ToHexStringLower(hash.GetHashAndReset())
            .ShouldBe("d312b723ff7ab1d750d4d19907146bd3e95a991e915177b096d4d7dba0d07293");
        ratios.Order().ElementAt(ratios.Count / 2).ShouldBe(1.0, tolerance: 0.01);
    }

    [Property]
    public bool Packing_and_unpacking_gives_the_same_runs(byte side, uint[] lengths)
    {
        var height = 1 + side;
        var rle = Rle.FromCounts(height, 300, RunsThatFill(height * 300, lengths));
        var unpacked = Rle.FromString(height, 300, rle.ToString());
        return unpacked.Counts.SequenceEqual(rle.Counts) && unpacked.Area == rle.Area;
    }

    [Property]
    public bool Painted_pixels_are_as_many_as_the_area_and_lie_in_the_bounds(byte side, uint[] lengths)
    {
        var (height, width) = (1 + side % 13, 17);
        var rle = Rle.FromCounts(height, width, RunsThatFill(height * width, lengths));
        var mask = IndexMask.Empty(width, height);
        rle.Paint(mask, 7);
        var painted = Enumerable.Range(0, mask.Pixels.Length).Where(i => mask.Pixels[i] == 7).ToList();
        if (painted.Count == 0)
        {
            return rle.Area == 0 && rle.Bounds() is null;
        }

        var (left, top) = (painted.Min(i => i % width), painted.Min(i => i / width));
        var box = new PixelBox(left, top, painted.Max(i => i % width) - left + 1, painted.Max(i => i / width) - top + 1);
        return painted.Count == rle.Area && rle.Bounds() == box;
    }

    [Theory]
    [InlineData("733000", "add up to")] // the last run is missing
    [InlineData("73300l", "cut off at character 6")]
    [InlineData("7 3000;", "damaged or cut off at character 1")]
    [InlineData("lllllllllll", "damaged or cut off at character 7")]
    [InlineData("O", "does not fit")] // -1
    [InlineData("~", "damaged or cut off at character 0")]
    public void A_damaged_string_is_refused(string packed, string reason) =>
        Should.Throw<FormatException>(() => Rle.FromString(6, 6, packed)).Message.ShouldContain(reason);

    [Fact]
    public void Runs_that_do_not_add_up_to_the_size_are_refused() =>
        Should.Throw<FormatException>(() => Rle.FromCounts(6, 6, [30, 5])).Message.ShouldContain("add up to 35");

    [Theory]
    [InlineData(0, 5)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void A_mask_of_absurd_size_is_refused(int height, int width) =>
        Should.Throw<FormatException>(() => Rle.FromString(height, width, "0")).Message.ShouldContain("outside");

    [Theory]
    [InlineData(new double[] { 1, 1, 2, 2 })]
    [InlineData(new double[] { 1, 1, 2, 2, 3, 1, 4 })]
    [InlineData(new[] { 1, 1, double.NaN, 2, 3, 1 })]
    [InlineData(new[] { 1, 1, 2, double.PositiveInfinity, 3, 1 })]
    [InlineData(new[] { 1, 1, 2, 1e9, 3, 1 })]
    public void Numbers_that_are_no_polygon_are_refused(double[] part) =>
        Should.Throw<FormatException>(() => Rle.FromPolygons([part], 6, 6));

    [Fact]
    public void An_outline_that_would_take_forever_to_walk_is_refused()
    {
        double[] zigzag = [.. Enumerable.Range(0, 1000).Select(i => i % 4 < 2 ? -100_000.0 : 100_000.0)];
        Should.Throw<FormatException>(() => Rle.FromPolygons([zigzag], 6, 6)).Message.ShouldContain("500 points is longer than");
    }

    private static uint[] RunsThatFill(int pixels, uint[] lengths)
    {
        var runs = new List<uint>();
        var left = (uint)pixels;
        foreach (var length in lengths)
        {
            var run = length % (left + 1);
            runs.Add(run);
            left -= run;
        }

        return [.. runs, left];
    }

    private static string Picture(IReadOnlyList<double[]> parts, int height, int width)
    {
        var mask = IndexMask.Empty(width, height);
        Rle.FromPolygons(parts, height, width).Paint(mask, 1);
        return string.Join('\n', mask.Pixels.Chunk(width).Select(row => string.Concat(row.Select(p => p == 1 ? '#' : '.'))));
    }
}
