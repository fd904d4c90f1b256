using System.Security.Cryptography;

namespace Maskwright.Imaging.Tests;

public sealed class ResamplingTests
{
    // Goldens: SHA-256 of Pillow's Image.resize(size, BILINEAR) of the same picture.
    [Theory]
    [InlineData(32, 32)]
    [InlineData(17, 40)]
    [InlineData(100, 80)]
    public void Resizing_gives_the_bytes_of_Pillow(int width, int height)
    {
        var golden = (width, height) switch
        {
            (32, 32) => "9bd66316cb7a9e4701f80776be0cd27cb5ed12ed490910b633517506c9975954",
            (17, 40) => "776ab8a2fe7373f0f2c6ee3399f9ad851a8d274205aff5ab3426293dccde294d",
            _ => "ced77309ebd9e6d5469fef52590560a5c00d32378284b0d935a3ba75949d92e9",
        };
        Convert.ToHexStringLower(SHA256.HashData(Resampling.Resize(Pictures.Formula(61, 47), width, height).Pixels)).ShouldBe(golden);
    }

    [Fact]
    public void Resizing_in_vectors_equals_the_sums_one_by_one_at_every_size()
    {
        var random = new Random(5);
        for (var i = 0; i < 60; i++)
        {
            var (width, height, newWidth, newHeight) = (random.Next(1, 90), random.Next(1, 60), random.Next(1, 90), random.Next(1, 60));
            var picture = new RgbImage(width, height, new byte[width * height * 3]);
            random.NextBytes(picture.Pixels);

            var plain = Transposed(PlainRows(Transposed(PlainRows(picture, newWidth)), newHeight));

            Resampling.Resize(picture, newWidth, newHeight).Pixels.ShouldBe(width == newWidth && height == newHeight ? picture.Pixels : plain.Pixels, $"{width}x{height} to {newWidth}x{newHeight}");
        }
    }

    private static RgbImage PlainRows(RgbImage picture, int width)
    {
        var result = new RgbImage(width, picture.Height, new byte[width * picture.Height * 3]);
        var scale = (double)picture.Width / width;
        var support = Math.Max(scale, 1);
        for (var x = 0; x < width; x++)
        {
            var centre = (x + 0.5) * scale;
            var taps = Enumerable.Range(0, picture.Width).Where(s => s >= (int)(centre - support + 0.5) && s < (int)(centre + support + 0.5)).ToArray();
            var weights = taps.Select(s => Math.Max(0, 1 - Math.Abs((s - centre + 0.5) / support))).ToArray();
            var parts = weights.Select(w => (long)Math.Round(w / weights.Sum() * (1 << 22))).ToArray();
            for (var y = 0; y < picture.Height; y++)
            {
                for (var c = 0; c < 3; c++)
                {
                    var sum = (1L << 21) + taps.Select((s, k) => picture.Pixels[(((y * picture.Width) + s) * 3) + c] * parts[k]).Sum();
                    result.Pixels[(((y * width) + x) * 3) + c] = (byte)Math.Clamp(sum >> 22, 0, 255);
                }
            }
        }

        return result;
    }

    private static RgbImage Transposed(RgbImage picture)
    {
        var result = new RgbImage(picture.Height, picture.Width, new byte[picture.Pixels.Length]);
        for (var i = 0; i < picture.Width * picture.Height; i++)
        {
            var (y, x) = Math.DivRem(i, picture.Width);
            picture.Pixels.AsSpan(i * 3, 3).CopyTo(result.Pixels.AsSpan(((x * picture.Height) + y) * 3));
        }

        return result;
    }

    [Fact]
    public void Halving_averages_with_the_weights_1_3_3_1()
    {
        // Output pixel 1 of 4 has its centre between inputs 2 and 3: inputs 1..4 weigh 1, 3, 3, 1 of 8.
        var row = new RgbImage(8, 1, [.. new byte[] { 0, 80, 0, 160, 40, 0, 0, 0 }.SelectMany(v => new[] { v, v, v })]);
        Resampling.Resize(row, 4, 1).Pixels[3].ShouldBe((byte)((1 * 80 + 3 * 0 + 3 * 160 + 1 * 40) / 8));
    }

    [Fact]
    public void One_colour_stays_one_colour_at_every_size()
    {
        var plain = new RgbImage(37, 23, [.. Enumerable.Repeat((byte)201, 37 * 23 * 3)]);
        foreach (var (width, height) in new[] { (1, 1), (5, 90), (256, 256), (36, 22) })
        {
            Resampling.Resize(plain, width, height).Pixels.ShouldAllBe(v => v == 201);
        }
    }

    [Fact]
    public void Nearest_takes_the_pixel_under_the_centre_of_the_new_one()
    {
        var mask = new IndexMask(4, 2, [1, 2, 3, 4, 5, 6, 7, 8]);
        Resampling.ResizeNearest(mask, 2, 1).Pixels.ShouldBe([6, 8]);
        Resampling.ResizeNearest(mask, 8, 2).Pixels.ShouldBe([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8]);
        Resampling.ResizeNearest(mask, 3, 2).Pixels.ShouldBe([1, 3, 4, 5, 7, 8]);
    }

    [Fact]
    public void Image_and_mask_stay_aligned_when_both_are_resized()
    {
        // A vertical edge at column 20 of 40 must lie at column 8 of 16 in both.
        var mask = IndexMask.Empty(40, 30);
        var pixels = new byte[40 * 30 * 3];
        for (var i = 0; i < mask.Pixels.Length; i++)
        {
            mask.Pixels[i] = (byte)(i % 40 >= 20 ? 1 : 0);
            pixels.AsSpan(i * 3, 3).Fill((byte)(mask.Pixels[i] * 255));
        }

        var image = Resampling.Resize(new RgbImage(40, 30, pixels), 16, 12);
        var small = Resampling.ResizeNearest(mask, 16, 12);
        for (var i = 0; i < small.Pixels.Length; i++)
        {
            (image.Pixels[i * 3] >= 128).ShouldBe(small.Pixels[i] == 1);
        }
    }
}
