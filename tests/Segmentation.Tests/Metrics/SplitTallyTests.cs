using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

public sealed class SplitTallyTests
{
    private static readonly SampleInfo Sample = new(1, "a.jpg", Width: 4, Height: 3, License: 0);

    [Fact]
    public void The_shares_of_the_images_add_up_to_the_whole()
    {
        var tally = new SplitTally(classes: 3);
        var random = new Random(2);
        for (var image = 0; image < 5; image++)
        {
            byte[] truth = [.. Enumerable.Range(0, 12).Select(_ => (byte)random.Next(3))];
            byte[] prediction = [.. Enumerable.Range(0, 12).Select(_ => (byte)random.Next(3))];
            float[] confidence = [.. Enumerable.Range(0, 12).Select(_ => random.NextSingle())];
            tally.Add($"image-{image}", new IndexMask(4, 3, truth), new LabelledImage(new IndexMask(4, 3, prediction), confidence), Sample);
        }

        tally.Images.Select(image => image.Key).ShouldBe(["image-0", "image-1", "image-2", "image-3", "image-4"]);
        for (var cell = 0; cell < 9; cell++)
            tally.Images.Sum(image => image.Counts[cell]).ShouldBe(tally.Matrix.Counts[cell]);
        tally.Calibration().Bins.Sum(bin => bin.Pixels).ShouldBe(60);
    }

    [Fact]
    public void An_image_has_scores_of_its_own()
    {
        var tally = new SplitTally(classes: 2);

        tally.Add("wrong", new IndexMask(2, 1, [0, 0]), new LabelledImage(new IndexMask(2, 1, [1, 1]), [0.9f, 0.9f]), Sample);
        tally.Add("right", new IndexMask(2, 1, [0, 1]), new LabelledImage(new IndexMask(2, 1, [0, 1]), [0.9f, 0.9f]), Sample);

        tally.Images[0].ToMetrics().MeanIoU.ShouldBe(0);
        tally.Images[1].ToMetrics().MeanIoU.ShouldBe(1);
    }
}
