using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

public sealed class AugmentationTests
{
    private const int Size = 6;
    private static readonly (byte Red, byte Green, byte Blue) Fill = (9, 8, 7);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void Flips_move_image_and_mask_together(double horizontal, double vertical)
    {
        var (image, mask) = Apply(new TrainingOptions { HorizontalFlip = horizontal, VerticalFlip = vertical, RotationDegrees = 0 }, Sample());

        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var source = ((vertical == 1 ? Size - 1 - y : y) * Size) + (horizontal == 1 ? Size - 1 - x : x);
                mask[(y * Size) + x].ShouldBe((byte)source);
                image.AsSpan(((y * Size) + x) * 3, 3).ToArray().ShouldBe([(byte)source, (byte)(2 * source), (byte)(3 * source)]);
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public void A_rotation_by_next_to_nothing_is_a_flip_alone(double horizontal, double vertical)
    {
        var options = new TrainingOptions { HorizontalFlip = horizontal, VerticalFlip = vertical, RotationDegrees = 0 };

        var flipped = Apply(options, Sample());
        var rotated = Apply(options with { RotationDegrees = 1e-9 }, Sample());

        rotated.Mask.ShouldBe(flipped.Mask);
        rotated.Image.ShouldBe(flipped.Image);
    }

    [Fact]
    public void A_rotation_fills_the_corners_with_the_mean_colour_and_the_ignore_index_and_keeps_the_centre()
    {
        var sample = new CachedSample("s", new RgbImage(32, 32, [.. Enumerable.Repeat((byte)100, 32 * 32 * 3)]), new IndexMask(32, 32, [.. Enumerable.Repeat((byte)3, 32 * 32)]));
        var image = new byte[32 * 32 * 3];
        var mask = new byte[32 * 32];
        var filled = 0;
        for (var i = 0; i < 20; i++)
        {
            new Augmentation(new TrainingOptions { RotationDegrees = 45 }, Fill).Apply(sample, new SampleRandom(1, 1, i), image, mask);
            mask[(16 * 32) + 16].ShouldBe((byte)3);
            mask.ShouldAllBe(index => index == 3 || index == IndexMask.Ignore);
            for (var p = 0; p < mask.Length; p++)
            {
                image[p * 3].ShouldBe(mask[p] == 3 ? (byte)100 : Fill.Red);
            }

            filled += mask.Count(index => index == IndexMask.Ignore);
        }

        filled.ShouldBeGreaterThan(1_000);
    }

    [Fact]
    public void Draws_depend_on_seed_epoch_and_sample_alone_and_differ_between_them()
    {
        double First(ulong seed, int epoch, int sample) => new SampleRandom(seed, epoch, sample).NextDouble();

        First(1, 2, 3).ShouldBe(First(1, 2, 3));
        new[] { First(1, 2, 3), First(2, 2, 3), First(1, 3, 3), First(1, 2, 4), First(1, 3, 2) }.Distinct().Count().ShouldBe(5);
        var mean = Enumerable.Range(0, 4_000).Average(i => First(7, 1, i));
        mean.ShouldBe(0.5, 0.02);
    }

    [Fact]
    public void An_epoch_takes_every_sample_once_in_an_order_of_its_own()
    {
        var first = SampleRandom.Order(1, 1, 100);
        var second = SampleRandom.Order(1, 2, 100);

        first.Order().ShouldBe(Enumerable.Range(0, 100));
        first.ShouldNotBe(second);
        first.ShouldNotBe(Enumerable.Range(0, 100));
        SampleRandom.Order(1, 1, 100).ShouldBe(first);
    }

    [Theory]
    [InlineData(8, 4, new[] { 4, 4 })]
    [InlineData(9, 4, new[] { 4, 5 })]
    [InlineData(10, 4, new[] { 4, 4, 2 })]
    [InlineData(2, 2, new[] { 2 })]
    [InlineData(3, 2, new[] { 3 })]
    public void No_batch_of_training_holds_a_single_sample(int samples, int batchSize, int[] expected)
    {
        var order = Enumerable.Range(0, samples).ToArray();

        var plan = BatchPlan.ForTraining(order, batchSize);

        plan.Select(batch => batch.Count).ShouldBe(expected);
        plan.SelectMany(batch => batch).ShouldBe(order);
    }

    private static CachedSample Sample()
    {
        var indices = Enumerable.Range(0, Size * Size).Select(i => (byte)i).ToArray();
        return new CachedSample("s", new RgbImage(Size, Size, [.. indices.SelectMany(i => new[] { i, (byte)(2 * i), (byte)(3 * i) })]), new IndexMask(Size, Size, indices));
    }

    private static (byte[] Image, byte[] Mask) Apply(TrainingOptions options, CachedSample sample)
    {
        var image = new byte[Size * Size * 3];
        var mask = new byte[Size * Size];
        new Augmentation(options, Fill).Apply(sample, new SampleRandom(1, 1, 0), image, mask);
        return (image, mask);
    }
}
