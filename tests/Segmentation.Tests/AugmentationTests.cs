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
    public void Sampling_in_vectors_equals_the_sums_one_by_one()
    {
        const int Side = 13;
        var picture = new RgbImage(Side, Side, new byte[Side * Side * 3]);
        var random = new Random(3);
        random.NextBytes(picture.Pixels);
        var sampler = new ImageSampler(picture, Fill);
        var colour = new byte[3];
        for (var i = 0; i < 20_000; i++)
        {
            var (x, y) = (random.NextInt64(-2 << 16, (Side + 2) << 16), random.NextInt64(-2 << 16, (Side + 2) << 16));
            sampler.At(x, y, colour);
            colour.ShouldBe(PlainSample(picture, x, y), $"at {x}, {y}");
        }
    }

    private static byte[] PlainSample(RgbImage picture, long x, long y)
    {
        var last = picture.Width - 1;
        if (x < -32_768 || y < -32_768 || x > (last * 65_536L) + 32_768 || y > (last * 65_536L) + 32_768)
            return [Fill.Red, Fill.Green, Fill.Blue];
        var (left, top, shareX, shareY) = (x >> 16, y >> 16, (x & 65_535) >> 8, (y & 65_535) >> 8);
        long Of(long column, long row, int channel) =>
            picture.Pixels[(((Math.Clamp(row, 0, last) * picture.Width) + Math.Clamp(column, 0, last)) * 3) + channel];
        long Row(long row, int channel) => (Of(left, row, channel) * (256 - shareX)) + (Of(left + 1, row, channel) * shareX);
        return [.. Enumerable.Range(0, 3).Select(channel => (byte)(((Row(top, channel) * (256 - shareY)) + (Row(top + 1, channel) * shareY) + 32_768) >> 16))];
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Scaling_keeps_image_and_mask_together_and_fills_what_is_outside(double scale)
    {
        // Every pixel's colour says its class, in large even fields.
        const int Side = 64;
        var indices = new byte[Side * Side];
        for (var i = 0; i < indices.Length; i++)
        {
            indices[i] = (byte)(1 + (i % Side / 32) + (2 * (i / Side / 32)));
        }

        var sample = new CachedSample("s", new RgbImage(Side, Side, [.. indices.SelectMany(i => new[] { (byte)(i * 50), (byte)0, (byte)0 })]), new IndexMask(Side, Side, indices));
        var options = Plain with { ScaleJitter = 1, ScaleMin = Math.Min(scale, 1), ScaleMax = Math.Max(scale, 1) };
        var (image, mask) = (new byte[Side * Side * 3], new byte[Side * Side]);
        var outside = 0;
        for (var draw = 0; draw < 10; draw++)
        {
            new Augmentation(options, Fill).Apply(sample, new SampleRandom(1, 1, draw), image, mask);
            var wrong = Enumerable.Range(0, mask.Length).Count(p => image[p * 3] != (mask[p] == IndexMask.Ignore ? Fill.Red : mask[p] * 50));

            // Only where fields meet are colours mixed.
            wrong.ShouldBeLessThan(6 * Side);
            mask.Distinct().Count(index => index != IndexMask.Ignore).ShouldBeGreaterThan(0);
            outside += mask.Count(index => index == IndexMask.Ignore);
        }

        (outside > 1_000).ShouldBe(scale < 1);
    }

    [Fact]
    public void A_crop_shows_a_part_of_the_image_enlarged()
    {
        var sample = Sample();
        var windows = Enumerable.Range(0, 200).Select(i =>
        {
            var random = new SampleRandom(1, 1, i);
            return CropWindow.Draw(Plain with { RandomResizedCrop = 1 }, sample.Mask, counts: null, ref random)!;
        }).ToList();

        windows.ShouldAllBe(w => w.Left >= 0 && w.Top >= 0 && w.Left + w.Width <= Size + 1e-9 && w.Top + w.Height <= Size + 1e-9);
        windows.Min(w => w.Width * w.Height).ShouldBeInRange(0.25 * Size * Size * 0.99, 0.35 * Size * Size);
        windows.Max(w => w.Width / w.Height).ShouldBeInRange(1.2, 1.34);
    }

    [Fact]
    public void A_crop_around_the_rarest_class_shows_it()
    {
        const int Side = 32;
        var indices = new byte[Side * Side];
        indices[(5 * Side) + 29] = 2;
        indices.AsSpan(0, 100).Fill(1);
        var sample = new CachedSample("s", new RgbImage(Side, Side, new byte[Side * Side * 3]), new IndexMask(Side, Side, indices));
        var counts = ClassCounts.Of([sample], 3);
        for (var i = 0; i < 50; i++)
        {
            var random = new SampleRandom(1, 1, i);
            var window = CropWindow.Draw(Plain with { RareCrop = 1 }, sample.Mask, counts, ref random)!;
            (window.Left <= 29 && window.Left + window.Width >= 30 && window.Top <= 5 && window.Top + window.Height >= 6).ShouldBeTrue();
            (window.Left >= 0 && window.Left + window.Width <= Side + 1e-9).ShouldBeTrue();
        }
    }

    [Fact]
    public void Colours_change_as_their_factors_say()
    {
        byte[] Changed(ColourMatrix matrix)
        {
            byte[] pixels = [200, 100, 50, 10, 20, 30];
            matrix.Apply(pixels);
            return pixels;
        }

        Changed(ColourMatrix.Of(1, 1, 1, 0)).ShouldBe([200, 100, 50, 10, 20, 30]);
        Changed(ColourMatrix.Of(1.2, 1, 1, 0)).ShouldBe([240, 120, 60, 12, 24, 36]);

        // Grey: 0.299 · 200 + 0.587 · 100 + 0.114 · 50 = 124.2, and 18.15.
        Changed(ColourMatrix.Of(1, 1, 0, 0)).ShouldBe([124, 124, 124, 18, 18, 18]);

        // Mean grey 71.175; half the distance to it.
        Changed(ColourMatrix.Of(1, 0.5, 1, 0)).ShouldBe([136, 86, 61, 41, 46, 51]);
        Changed(ColourMatrix.Of(1, 1, 1, 1)).ShouldBe([200, 100, 50, 10, 20, 30]);
        var turned = Changed(ColourMatrix.Of(1, 1, 1, 0.25));
        ((0.299 * turned[3]) + (0.587 * turned[4]) + (0.114 * turned[5])).ShouldBe(18.15, 1);
        turned.ShouldNotBe([200, 100, 50, 10, 20, 30]);
    }

    [Fact]
    public void A_blur_keeps_the_mean_and_lowers_the_differences_by_the_kernels_weights()
    {
        const int Side = 21;
        var image = new byte[Side * Side * 3];
        image[((10 * Side) + 10) * 3] = 255;
        var plain = Enumerable.Repeat((byte)77, Side * Side * 3).ToArray();

        GaussianBlur.Apply(image, Side, sigma: 1);
        GaussianBlur.Apply(plain, Side, sigma: 3);

        plain.ShouldAllBe(value => value == 77);
        ((double)image[((10 * Side) + 10) * 3]).ShouldBe(255 / (2 * Math.PI), 1);
        image.Where((_, i) => i % 3 != 0).ShouldAllBe(value => value == 0);
        Math.Abs(image.Sum(value => (int)value) - 255).ShouldBeLessThan(15);
    }

    [Fact]
    public void Switching_an_option_on_moves_no_draw_of_another()
    {
        var flips = Apply(Plain with { HorizontalFlip = 0.5, VerticalFlip = 0.5 }, Sample());
        var withColours = Apply(Plain with { HorizontalFlip = 0.5, VerticalFlip = 0.5, ColorJitter = 1, Blur = 1 }, Sample());

        withColours.Mask.ShouldBe(flips.Mask);
        withColours.Image.ShouldNotBe(flips.Image);
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

    private static TrainingOptions Plain { get; } = new() { HorizontalFlip = 0, VerticalFlip = 0, Rotation = 0 };

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
