namespace Maskwright.Segmentation.Tests;

public sealed class BootstrapTests
{
    [Fact]
    public void Equal_images_leave_no_doubt()
    {
        var images = Enumerable.Range(0, 20).Select(i => new ImageCounts($"image-{i}", [8, 2, 1, 9])).ToList();

        var intervals = Bootstrap.Intervals(images, classes: 2, seed: 1);

        intervals.ClassIoU[0].ShouldBe(new ScoreInterval(8 / 11.0, 8 / 11.0));
        intervals.PixelAccuracy.ShouldBe(new ScoreInterval(17 / 20.0, 17 / 20.0));
    }

    [Fact]
    public void The_interval_of_a_mean_is_as_wide_as_statistics_say()
    {
        // Pixel accuracy over 400 images of one pixel each, half of them right: the standard error is 0.5 / sqrt(400) = 0.025.
        var images = Enumerable.Range(0, 400).Select(i => new ImageCounts($"{i}", i % 2 == 0 ? [1, 0, 0, 0] : [0, 1, 0, 0])).ToList();

        var interval = Bootstrap.Intervals(images, classes: 2, seed: 7).PixelAccuracy!;

        interval.Low.ShouldBe(0.5 - (1.96 * 0.025), 0.006);
        interval.High.ShouldBe(0.5 + (1.96 * 0.025), 0.006);
    }

    [Fact]
    public void The_seed_decides_alone()
    {
        var images = Mixed(60);

        var one = Bootstrap.Intervals(images, 2, seed: 3);
        var same = Bootstrap.Intervals(images, 2, seed: 3);
        var other = Bootstrap.Intervals(images, 2, seed: 4);

        (same.MeanIoU, same.PixelAccuracy).ShouldBe((one.MeanIoU, one.PixelAccuracy));
        other.MeanIoU.ShouldNotBe(one.MeanIoU);
    }

    [Fact]
    public void A_class_that_is_nowhere_has_no_interval()
    {
        var images = Enumerable.Range(0, 5).Select(i => new ImageCounts($"{i}", [3, 0, 0, 0])).ToList();

        Bootstrap.Intervals(images, 2, seed: 1).ClassIoU[1].ShouldBeNull();
    }

    [Fact]
    public void Pairing_sees_a_small_gain_that_two_intervals_would_hide()
    {
        // Images differ far more from each other than the two models do.
        var first = Mixed(200);
        var second = first.Select(image => image with { Counts = [image.Counts[0], image.Counts[1], image.Counts[2] - 1, image.Counts[3] + 1] }).ToList();

        var differences = Bootstrap.Differences(first, second, classes: 2, seed: 5);

        differences.MeanIoU.Verdict.ShouldBe("better");
        Bootstrap.Differences(second, first, classes: 2, seed: 5).MeanIoU.Verdict.ShouldBe("worse");
        Bootstrap.Differences(first, first, classes: 2, seed: 5).MeanIoU.ShouldBe(new ScoreDifference(0, new ScoreInterval(0, 0)));
        Bootstrap.Intervals(first, 2, seed: 5).MeanIoU!.High.ShouldBeGreaterThan(Bootstrap.Intervals(second, 2, seed: 5).MeanIoU!.Low);
    }

    [Fact]
    public void Different_images_are_not_compared()
    {
        var images = Mixed(4);

        var error = Should.Throw<ArgumentException>(() => Bootstrap.Differences(images, [.. Enumerable.Reverse(images)], 2, seed: 1));

        error.Message.ShouldContain("different images");
    }

    private static List<ImageCounts> Mixed(int count)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, count).Select(i => new ImageCounts(
            $"image-{i}", [random.Next(100, 5_000), random.Next(0, 500), random.Next(10, 500), random.Next(0, 2_000)]))];
    }
}
