using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

public sealed class BoundaryTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(256, 256, 7)]
    [InlineData(640, 480, 16)]
    [InlineData(25, 1, 1)]
    public void The_band_is_two_percent_of_the_diagonal_wide_and_never_less_than_a_pixel(int width, int height, int expected)
    {
        BoundaryBand.DistanceFor(width, height).ShouldBe(expected);
    }

    [Fact]
    public void The_band_of_a_square_is_its_rim_on_both_sides_and_the_frame()
    {
        byte[] mask =
        [
            0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 1, 1, 1,
            0, 0, 0, 0, 1, 1, 1,
            0, 0, 0, 0, 1, 1, 1,
        ];
        var band = new byte[mask.Length];

        new BoundaryBand(7, 6).Mark(mask, band);

        band.ShouldBe(
        [
            1, 1, 1, 1, 1, 1, 1,
            1, 0, 0, 0, 0, 0, 1,
            1, 0, 0, 1, 1, 1, 1,
            1, 0, 0, 1, 1, 1, 1,
            1, 0, 0, 1, 1, 0, 1,
            1, 1, 1, 1, 1, 1, 1,
        ]);
    }

    [Fact]
    public void Ignored_pixels_are_in_no_band_and_draw_no_outline()
    {
        byte[] mask =
        [
            2, 2, 2, 2, 2,
            2, 2, 2, 2, 2,
            2, 2, 2, 255, 2,
            2, 2, 2, 2, 2,
            2, 2, 2, 2, 2,
        ];
        var band = new byte[mask.Length];

        new BoundaryBand(5, 5).Mark(mask, band);

        band.ShouldBe(
        [
            1, 1, 1, 1, 1,
            1, 0, 0, 0, 1,
            1, 0, 0, 0, 1,
            1, 0, 0, 0, 1,
            1, 1, 1, 1, 1,
        ]);
    }

    [Property(MaxTest = 60)]
    public Property Running_minima_find_what_looking_at_every_window_finds() => Prop.ForAll(
        Gen.Choose(1, 120).Zip(Gen.Choose(1, 120)).Zip(Gen.Choose(0, int.MaxValue)).ToArbitrary(),
        drawn =>
        {
            var ((width, height), seed) = drawn;
            var mask = Blobs(width, height, seed);
            var band = new byte[mask.Length];

            new BoundaryBand(width, height).Mark(mask, band);

            band.ShouldBe(WindowByWindow(mask, width, height));
        });

    [Fact]
    public void Boundary_IoU_of_a_hand_computed_shift()
    {
        // Truth: columns 0-3 are class 0, 4-7 class 1. Prediction: the border lies one column further right. Distance 1.
        var truth = Halves(width: 8, height: 8, border: 4);
        var prediction = Halves(width: 8, height: 8, border: 5);
        var counts = new BoundaryCounts(classes: 3);

        counts.Add(truth, prediction, width: 8);

        // Class 0, truth band: frame of its part (rows 0 and 7 with 4 pixels, column 0 in 6 rows) and column 3 in 6 rows: 20.
        // Prediction band: rows 0 and 7 with 5 pixels, columns 0 and 4 in 6 rows: 22. Shared: 8 + 6 = 14.
        var scores = counts.ToScores();
        scores[0]!.Value.ShouldBe(14 / 28.0, 1e-12);

        // Class 1, truth: rows 4 + 4, columns 4 and 7 in 6 rows: 20; prediction: 3 + 3 + 6 + 6 = 18; shared: 6 + 6 = 12.
        scores[1]!.Value.ShouldBe(12 / 26.0, 1e-12);
        scores[2].ShouldBeNull();
    }

    [Fact]
    public void A_perfect_prediction_scores_one_whatever_is_predicted_where_the_truth_is_ignored()
    {
        var truth = Blobs(40, 30, seed: 3);
        var prediction = truth.Select((index, i) => index == IndexMask.Ignore ? (byte)(i % 3) : index).ToArray();
        var counts = new BoundaryCounts(classes: 3);

        counts.Add(truth, prediction, width: 40);

        counts.ToScores().ShouldAllBe(score => score == 1);
    }

    private static byte[] Halves(int width, int height, int border) =>
        [.. Enumerable.Range(0, width * height).Select(i => (byte)(i % width < border ? 0 : 1))];

    private static byte[] Blobs(int width, int height, int seed)
    {
        var random = new Random(seed);
        var mask = new byte[width * height];
        byte[] labels = [0, 1, 2, IndexMask.Ignore];
        for (var blob = 0; blob < 12; blob++)
        {
            var (left, top) = (random.Next(width), random.Next(height));
            var (right, bottom) = (random.Next(left, width) + 1, random.Next(top, height) + 1);
            var label = labels[random.Next(labels.Length)];
            for (var y = top; y < bottom; y++)
                mask.AsSpan((y * width) + left, right - left).Fill(label);
        }

        return mask;
    }

    private static byte[] WindowByWindow(byte[] mask, int width, int height)
    {
        var distance = BoundaryBand.DistanceFor(width, height);
        var band = new byte[mask.Length];
        for (var i = 0; i < mask.Length; i++)
        {
            var (x, y) = (i % width, i / width);
            for (var dy = -distance; dy <= distance; dy++)
            {
                for (var dx = -distance; dx <= distance; dx++)
                {
                    var (column, row) = (x + dx, y + dy);
                    var outside = column < 0 || row < 0 || column >= width || row >= height;
                    var other = outside ? -1 : mask[(row * width) + column];
                    if (mask[i] != IndexMask.Ignore && other != mask[i] && other != IndexMask.Ignore)
                        band[i] = 1;
                }
            }
        }

        return band;
    }
}
