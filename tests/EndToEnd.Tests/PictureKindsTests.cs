using System.IO.Compression;
using System.IO.Hashing;
using System.Buffers.Binary;
using Google.Protobuf;
using Grpc.Core;
using Maskwright.Evaluation.V1;
using Maskwright.Imaging;

namespace Maskwright.EndToEnd.Tests;

/// <summary>What people send as an image, over the wire.</summary>
[Collection(PipelineTests.Name)]
public sealed class PictureKindsTests(FinishedPipeline pipeline)
{
    private const int Patience = 120_000;

    // PNG's colour types.
    private const byte Grey = 0;
    private const byte Colour = 2;
    private const byte ColourWithAlpha = 6;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_picture_that_is_stored_turned_gets_the_mask_of_the_upright_one()
    {
        var upright = Picture(48, 32);
        var stored = ImageCodec.EncodeJpeg(upright, 100);

        // An APP1 segment that says: to be turned clockwise.
        byte[] turned = [.. stored[..2], 0xFF, 0xE1, 0, 34, .. "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"u8, .. stored[2..]];

        var answer = await PredictAsync(turned);

        (answer.Width, answer.Height).ShouldBe((32, 48));
        var decoded = ImageCodec.Decode(turned, "turned");
        PalettePng.Decode(answer.MaskPng.Span, "mask").Pixels.ShouldBe(
            PalettePng.Decode((await PredictAsync(ImageCodec.EncodePng(decoded))).MaskPng.Span, "mask").Pixels);
    }

    public static TheoryData<string, int, int> Kinds => new()
    {
        { "grey", 20, 30 }, { "grey of 16 bits", 20, 30 }, { "colour of 16 bits", 20, 30 }, { "alpha", 20, 30 }, { "cmyk", 8, 8 },
        { "one pixel", 1, 1 }, { "a strip", 20_000, 10 },
    };

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Pictures_of_any_kind_and_shape_get_a_mask_of_their_size(string kind, int width, int height)
    {
        var answer = await PredictAsync(Encoded(kind, width, height));

        (answer.Width, answer.Height).ShouldBe((width, height));
        var mask = PalettePng.Decode(answer.MaskPng.Span, "mask");
        (mask.Width, mask.Height).ShouldBe((width, height));
        answer.Shares.Sum(share => share.Share).ShouldBe(1, 1e-9);
    }

    [Fact(Timeout = Patience)]
    public async Task A_bomb_is_refused_by_its_header_and_the_service_goes_on()
    {
        // 60,000 x 60,000 pixels of nothing in a few kilobytes.
        var bomb = Png(60_000, 60_000, bits: 8, Grey, new byte[1_000_000]);

        var refused = await Call(bomb).ShouldFailAsync(StatusCode.InvalidArgument, "INVALID_FIELD");

        refused.Field().ShouldBe("image");
        refused.Status.Detail.ShouldContain("60000x60000");
        (await PredictAsync(ImageCodec.EncodeJpeg(Picture(9, 9), 90))).Width.ShouldBe(9);
    }

    [Theory(Timeout = Patience)]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(300)]
    public async Task A_picture_that_is_cut_off_is_refused(int bytes)
    {
        var refused = await Call(ImageCodec.EncodeJpeg(Picture(64, 64), 90)[..bytes]).ShouldFailAsync(StatusCode.InvalidArgument, "INVALID_FIELD");
        refused.Field().ShouldBe("image");
    }

    private async Task<PredictResponse> PredictAsync(byte[] image) => await Call(image);

    private AsyncUnaryCall<PredictResponse> Call(byte[] image) => pipeline.Application.Clients.Evaluator.PredictAsync(
        new PredictRequest { Model = pipeline.Run.Name, Image = ByteString.CopyFrom(image) }, cancellationToken: Cancellation);

    private static byte[] Encoded(string kind, int width, int height) => kind switch
    {
        "grey" => Png(width, height, bits: 8, Grey, Rows(width, height)),
        "grey of 16 bits" => Png(width, height, bits: 16, Grey, Rows(2 * width, height)),
        "colour of 16 bits" => Png(width, height, bits: 16, Colour, Rows(6 * width, height)),
        "alpha" => Png(width, height, bits: 8, ColourWithAlpha, Rows(4 * width, height)),
        "cmyk" => Convert.FromBase64String(Cmyk),
        _ => ImageCodec.EncodeJpeg(Picture(width, height), 90),
    };

    private static RgbImage Picture(int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, width * height * 3).Select(i => (byte)(i * 7))]);

    // Rows of noise, each behind the byte of its filter, none.
    private static byte[] Rows(int stride, int height)
    {
        var rows = new byte[(stride + 1) * height];
        new Random(1).NextBytes(rows);
        for (var y = 0; y < height; y++)
            rows[y * (stride + 1)] = 0;
        return rows;
    }

    private static byte[] Png(int width, int height, byte bits, byte colour, byte[] rows)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (bits, colour);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(rows);
        return [0x89, .. "PNG\r\n\x1a\n"u8, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        var chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc32.HashToUInt32(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }

    // 8 x 8 pixels in four colours, written by Pillow.
    private const string Cmyk = "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBEV0U3OFBtUVdfYmdoZz5NcXlwZHhcZWdj/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAQG/8QAGRABAAIDAAAAAAAAAAAAAAAAAAYWQ2Oh/9oADgRDAE0AWQBLAAA/AFzLIXbtnTls/9k=";
}
