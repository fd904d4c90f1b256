using FsCheck.Xunit;
using SkiaSharp;

namespace Maskwright.Imaging.Tests;

/// <summary>Pixels are those of Skia, which is libjpeg-turbo, to the bit.</summary>
public sealed class JpegDecoderTests
{
    private static readonly SKJpegEncoderDownsample[] Samplings = Enum.GetValues<SKJpegEncoderDownsample>();

    [Property(MaxTest = 300)]
    public void Every_size_sampling_and_quality_equals_libjpeg(ushort width, ushort height, byte sampling, byte quality, int seed)
    {
        // Rows of chroma of one or two samples are repeated by libjpeg, and left to it.
        var picture = Noise(5 + width % 120, 1 + height % 120, seed);
        ShouldEqual(Encode(picture, Samplings[sampling % Samplings.Length], 1 + quality % 100));
    }

    [Theory]
    [InlineData(640, 480)]
    [InlineData(333, 500)]
    public void Smooth_and_busy_pictures_equal_libjpeg(int width, int height)
    {
        foreach (var sampling in Samplings)
        {
            foreach (var quality in (int[])[5, 50, 92, 100])
            {
                ShouldEqual(Encode(Pictures.Smooth(width, height), sampling, quality));
                ShouldEqual(Encode(Pictures.Formula(width, height), sampling, quality));
            }
        }
    }

    [Fact]
    public void Restart_markers_and_chroma_of_half_the_height_equal_libjpeg()
    {
        ShouldEqual(EncodedPictures.Restarting);
        // Two blocks of luma lie below each other instead of side by side: another picture, of as many units.
        var turned = Encode(Pictures.Smooth(64, 64), SKJpegEncoderDownsample.Downsample422, 90);
        var frame = turned.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        turned[frame + 11].ShouldBe((byte)0x21);
        turned[frame + 11] = 0x12;
        ShouldEqual(turned);
    }

    [Fact]
    public void Grey_equals_libjpeg()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(77, 45, SKColorType.Gray8, SKAlphaType.Opaque));
        for (var i = 0; i < 77 * 45; i++)
        {
            bitmap.SetPixel(i % 77, i / 77, new SKColor((byte)(i * 7), (byte)(i * 7), (byte)(i * 7)));
        }

        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        ShouldEqual(jpeg.ToArray());
    }

    [Fact]
    public async Task Real_pictures_equal_libjpeg()
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(CocoMini.FolderOrSkip(), "images")))
        {
            ShouldEqual(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken), path);
        }
    }

    [Fact]
    public void Other_kinds_are_left_to_libjpeg()
    {
        foreach (var (jpeg, width, height) in (ReadOnlySpan<(byte[], int, int)>)[(EncodedPictures.Progressive, 40, 24), (EncodedPictures.Cmyk, 16, 16)])
        {
            JpegDecoder.TryDecode(jpeg, width, height, new byte[3 * width * height]).ShouldBeFalse();
        }

        // What is told from outside has to fit.
        JpegDecoder.TryDecode(EncodedPictures.Restarting, 39, 24, new byte[3 * 39 * 24]).ShouldBeFalse();
    }

    [Fact]
    public void Sampling_of_any_ratio_is_left_to_libjpeg_or_gives_the_same_pixels()
    {
        var jpeg = Encode(Pictures.Smooth(48, 48), SKJpegEncoderDownsample.Downsample444, 60);
        var frame = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        for (var luma = 0; luma < 16; luma++)
        {
            for (var chroma = 0; chroma < 16; chroma++)
            {
                jpeg[frame + 11] = Factors(luma);
                jpeg[frame + 14] = jpeg[frame + 17] = Factors(chroma);
                ShouldEqualOrBeLeft(jpeg);
            }
        }

        static byte Factors(int number) => (byte)((number / 4 + 1) << 4 | (number % 4 + 1));
    }

    [Property(MaxTest = 3000)]
    public void Damage_is_left_to_libjpeg_or_gives_the_same_pixels(byte kind, (ushort At, byte Value)[] changes)
    {
        var jpeg = Damaged[kind % Damaged.Length].ToArray();
        foreach (var (at, value) in changes)
        {
            jpeg[at % jpeg.Length] = value;
        }

        ShouldEqualOrBeLeft(jpeg);
    }

    [Fact]
    public void Coefficients_beyond_any_picture_are_left_to_libjpeg()
    {
        var jpeg = Encode(Noise(64, 64, seed: 1), SKJpegEncoderDownsample.Downsample420, 100);
        var quantisation = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xDB]);
        jpeg.AsSpan(quantisation + 5, 64).Fill(255);
        JpegDecoder.TryDecode(jpeg, 64, 64, new byte[3 * 64 * 64]).ShouldBeFalse();
        ImageCodec.Decode(jpeg, "a.jpg").Pixels.ShouldBe(Skia(jpeg).Pixels);
    }

    private static byte[][] Damaged { get; } =
    [
        EncodedPictures.Restarting,
        .. Samplings.Select(sampling => Encode(Pictures.Formula(40, 24), sampling, 80)),
        .. Samplings.Select(sampling => Encode(Pictures.Smooth(61, 35), sampling, 40)),
    ];

    private static void ShouldEqual(byte[] jpeg, string? name = null)
    {
        var expected = Skia(jpeg);
        var pixels = new byte[expected.Pixels.Length];
        JpegDecoder.TryDecode(jpeg, expected.Width, expected.Height, pixels).ShouldBeTrue(name);
        var same = pixels.AsSpan().CommonPrefixLength(expected.Pixels);
        same.ShouldBe(pixels.Length, $"{name} {expected.Width}x{expected.Height}: pixel {same / 3} differs");
    }

    private static void ShouldEqualOrBeLeft(byte[] jpeg)
    {
        using var codec = SKCodec.Create(new MemoryStream(jpeg));
        if (codec is null || (long)codec.Info.Width * codec.Info.Height > 1_000_000)
        {
            return;
        }

        var (width, height) = (codec.Info.Width, codec.Info.Height);
        var pixels = new byte[3 * width * height];
        if (JpegDecoder.TryDecode(jpeg, width, height, pixels))
        {
            pixels.AsSpan().SequenceEqual(Skia(jpeg).Pixels).ShouldBeTrue();
        }
    }

    private static RgbImage Skia(byte[] jpeg)
    {
        using var codec = SKCodec.Create(new MemoryStream(jpeg));
        using var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        codec.GetPixels(bitmap.Info, bitmap.GetPixels()).ShouldBe(SKCodecResult.Success);
        return SkiaPixels.ToRgb(bitmap);
    }

    // Smooth in parts, so that blocks of all kinds occur.
    private static RgbImage Noise(int width, int height, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[3 * width * height];
        for (var i = 0; i < pixels.Length; i++)
        {
            var busy = (i / 3 % width / 16 + i / 3 / width / 16) % 3;
            pixels[i] = (byte)(busy == 0 ? 120 + i % 3 * 40 : busy == 1 ? random.Next(256) : i / 5 + random.Next(20));
        }

        return new RgbImage(width, height, pixels);
    }

    private static byte[] Encode(RgbImage picture, SKJpegEncoderDownsample sampling, int quality)
    {
        using var bitmap = SkiaPixels.ToBitmap(picture);
        using var pixmap = bitmap.PeekPixels();
        using var data = pixmap.Encode(new SKJpegEncoderOptions(quality, sampling, SKJpegEncoderAlphaOption.Ignore)).ShouldNotBeNull();
        return data.ToArray();
    }
}
