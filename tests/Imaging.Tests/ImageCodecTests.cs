using System.Buffers.Binary;
using SkiaSharp;

namespace Maskwright.Imaging.Tests;

public sealed class ImageCodecTests
{
    // Made with Pillow: 8x8 of one colour.
    private const string CmykRed = "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABQAAQAAAAAAAAAAAAAAAAAAAAn/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oADgRDAE0AWQBLAAA/AFTFUKoqb//Z";
    private const string Grey77 = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AO7//2Q==";

    // 16x8, stored with EXIF orientation 6 (to be shown turned by 90 degrees).
    private const string Turned = "/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/wAALCAAIABABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAA/AIo//9k=";

    // Grey, 2x1, 16 bits: 0x8080 and 0xFFFF.
    private const string Sixteen = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABEAAAAACB2fwVAAAADUlEQVR4nGNoaPj/HwAGggL/s75RMwAAAABJRU5ErkJggg==";

    [Fact]
    public void A_png_comes_back_as_it_went()
    {
        var image = Pictures.Formula(31, 17);
        var back = ImageCodec.Decode(ImageCodec.EncodePng(image), "a.png");
        (back.Width, back.Height).ShouldBe((31, 17));
        back.Pixels.ShouldBe(image.Pixels);
    }

    [Fact]
    public void A_jpeg_comes_back_nearly_as_it_went()
    {
        var image = Pictures.Smooth(64, 48);
        var back = ImageCodec.Decode(ImageCodec.EncodeJpeg(image, 95), "a.jpg");
        back.Pixels.Zip(image.Pixels, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(12);
    }

    [Fact]
    public void Grey_and_CMYK_become_RGB()
    {
        ImageCodec.Decode(Convert.FromBase64String(Grey77), "grey.jpg").Pixels.ShouldAllBe(v => Math.Abs(v - 77) < 3);
        var red = ImageCodec.Decode(Convert.FromBase64String(CmykRed), "cmyk.jpg");
        red.Pixels.Chunk(3).ShouldAllBe(p => p[0] > 230 && p[1] < 40 && p[2] < 40);
    }

    [Fact]
    public void Alpha_is_dropped_and_leaves_the_colours_as_they_were()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(3, 2, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.Erase(new SKColor(200, 100, 50, 20));
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        ImageCodec.Decode(png.ToArray(), "a.png").Pixels.Chunk(3).ShouldAllBe(p => p.SequenceEqual(new byte[] { 200, 100, 50 }));
    }

    [Fact]
    public void Sixteen_bits_a_sample_become_eight() =>
        ImageCodec.Decode(Convert.FromBase64String(Sixteen), "deep.png").Pixels.ShouldBe([128, 128, 128, 255, 255, 255]);

    [Fact]
    public void A_picture_that_is_stored_turned_comes_out_upright()
    {
        var turned = Convert.FromBase64String(Turned);
        var header = ImageCodec.ReadHeader(turned, "turned.jpg");
        header.ShouldBe(new ImageHeader(ImageEncoding.Jpeg, 16, 8, Orientation.Clockwise));
        (header.Width, header.Height).ShouldBe((8, 16));
        var decoded = ImageCodec.Decode(turned, "turned.jpg");
        (decoded.Width, decoded.Height).ShouldBe((8, 16));
        var scaled = ImageCodec.DecodeScaled(turned, 4, 8, "turned.jpg");
        (scaled.Width, scaled.Height).ShouldBe((4, 8));
    }

    [Fact]
    public void The_header_is_read_from_the_beginning_of_a_file()
    {
        var jpeg = ImageCodec.EncodeJpeg(Pictures.Smooth(640, 480), 90);
        ImageCodec.ReadHeader(jpeg.AsSpan(0, 1024), "a.jpg").ShouldBe(new ImageHeader(ImageEncoding.Jpeg, 640, 480, Orientation.Upright));
    }

    [Theory]
    [InlineData(256, 256)] // from whole size
    [InlineData(150, 110)] // from a quarter
    [InlineData(64, 48)] // from an eighth
    [InlineData(600, 470)] // from whole size
    [InlineData(800, 700)] // larger
    public void A_scaled_decode_has_the_size_asked_for_and_the_picture_in_it(int width, int height)
    {
        var jpeg = ImageCodec.EncodeJpeg(Pictures.Smooth(640, 480), 95);
        var scaled = ImageCodec.DecodeScaled(jpeg, width, height, "a.jpg");
        (scaled.Width, scaled.Height).ShouldBe((width, height));
        var wanted = Pictures.Smooth(width, height);
        scaled.Pixels.Zip(wanted.Pixels, (a, b) => Math.Abs(a - b)).Average().ShouldBeLessThan(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_picture_cut_off_is_refused_by_name_and_not_half_grey(bool jpeg)
    {
        var image = Pictures.Formula(64, 64);
        var whole = jpeg ? ImageCodec.EncodeJpeg(image, 90) : ImageCodec.EncodePng(image);
        for (var percent = 0; percent < 100; percent += 7)
        {
            var cut = whole.AsMemory(0, whole.Length * percent / 100);
            var error = Should.Throw<ImageFormatException>(() => ImageCodec.Decode(cut, "street.jpg"), $"{percent} %");
            error.Message.ShouldStartWith("street.jpg: ");
            Should.Throw<ImageFormatException>(() => ImageCodec.DecodeScaled(cut, 8, 8, "street.jpg"), $"{percent} %");
        }
    }

    [Fact]
    public void A_progressive_jpeg_is_decoded_whole_and_refused_when_cut_off()
    {
        var whole = Convert.FromBase64String("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wgALCAAYABgBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAABwj/2gAIAQEAAAABA2pripqa4qamv//EABUQAQEAAAAAAAAAAAAAAAAAAAAF/9oACAEBAAEFApKSkpKSkpKSkv/EABUQAQEAAAAAAAAAAAAAAAAAAAAB/9oACAEBAAY/AoiIiIiP/8QAFBABAAAAAAAAAAAAAAAAAAAAMP/aAAgBAQABPyEf/wD/AP/aAAgBAQAAABBt/wD/xAAVEAEBAAAAAAAAAAAAAAAAAAAAwf/aAAgBAQABPxCSSSSSSSST/9k=");
        ImageCodec.Decode(whole, "p.jpg").Width.ShouldBe(24);
        for (var length = 1; length < whole.Length; length++)
        {
            Should.Throw<ImageFormatException>(() => ImageCodec.Decode(whole.AsMemory(0, length), "p.jpg"), $"{length} bytes");
        }
    }

    [Fact]
    public void Bytes_that_are_no_picture_are_refused()
    {
        Should.Throw<ImageFormatException>(() => ImageCodec.Decode(default, "a.jpg")).Message.ShouldBe("a.jpg: the file is empty.");
        Should.Throw<ImageFormatException>(() => ImageCodec.Decode("<html>not found</html>"u8.ToArray(), "a.jpg"))
            .Message.ShouldBe("a.jpg: this is neither a JPEG nor a PNG.");
        Should.Throw<ImageFormatException>(() => ImageCodec.Decode(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0, 1 }, "a.jpg"))
            .Message.ShouldContain("header is damaged or cut off");
    }

    [Theory]
    [InlineData(60_000, 60_000)]
    [InlineData(10_001, 10_000)]
    public void A_header_that_promises_more_than_a_hundred_megapixels_is_refused_before_decoding(ushort width, ushort height)
    {
        var jpeg = WithSize(width, height);
        Should.Throw<ImageFormatException>(() => ImageCodec.ReadHeader(jpeg, "bomb.jpg")).Message.ShouldContain($"{width}x{height}");
        Should.Throw<ImageFormatException>(() => ImageCodec.Decode(jpeg, "bomb.jpg")).Message.ShouldContain($"{width}x{height}");
        ImageCodec.ReadHeader(WithSize(10_000, 10_000), "large.jpg").Width.ShouldBe(10_000);
    }

    [Fact]
    public async Task Real_pictures_decode_at_the_size_their_annotations_say()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Path.Combine(CocoMini.FolderOrSkip(), "images");
        var coco = await CocoMini.ReadOrSkipAsync(cancellation);
        foreach (var image in coco.Images.Where((image, i) => i % 25 == 0 || image.FileName == "000000000086.jpg"))
        {
            var decoded = ImageCodec.Decode(await File.ReadAllBytesAsync(Path.Combine(folder, image.FileName), cancellation), image.FileName);
            (decoded.Width, decoded.Height).ShouldBe((image.Width, image.Height));
        }
    }

    /// <summary>A JPEG whose header promises another size than its data has.</summary>
    private static byte[] WithSize(ushort width, ushort height)
    {
        var jpeg = ImageCodec.EncodeJpeg(Pictures.Smooth(8, 8), 90);
        var frame = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), height);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), width);
        return jpeg;
    }
}
