using FsCheck.Xunit;
using SkiaSharp;

namespace Maskwright.Imaging.Tests;

public sealed class PalettePngTests
{
    [Property]
    public bool A_mask_comes_back_as_it_went(byte width, byte height, int seed)
    {
        var mask = IndexMask.Empty(1 + width, 1 + height);
        new Random(seed).NextBytes(mask.Pixels);
        var back = PalettePng.Decode(PalettePng.Encode(mask, Palette.Default), "mask.png");
        return (back.Width, back.Height) == (mask.Width, mask.Height) && back.Pixels.SequenceEqual(mask.Pixels);
    }

    [Fact]
    public void Another_decoder_sees_the_colours_of_the_palette()
    {
        var mask = new IndexMask(16, 16, [.. Enumerable.Range(0, 256).Select(i => (byte)i)]);
        using var bitmap = SKBitmap.Decode(PalettePng.Encode(mask, Palette.Default));
        for (var i = 0; i < 256; i++)
        {
            var seen = bitmap.GetPixel(i % 16, i / 16);
            (seen.Red, seen.Green, seen.Blue).ShouldBe(Palette.Default[i]);
        }
    }

    [Fact]
    public void Every_row_filter_of_another_encoder_is_understood()
    {
        // Filters none, sub, up, average and Paeth in rows 0 to 4, two IDAT chunks, a text chunk; Pillow reads it so.
        var mask = PalettePng.Decode(Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAMAAAC6sdbXAAAAHlBMVEUAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB1ySg6HAAAAA3RFWHRhAGLcSaI7AAAAB0lEQVR42mNgYGThXos30gAAAB9JREFUFGCU5OblF2TyDo3PLGZeH3Hn0QuWLTu1jRgBTSEHzT0XTngAAAAASUVORK5CYII="), "filters.png");
        mask.Pixels.ShouldBe([.. Enumerable.Range(0, 25).Select(i => (byte)(i * i % 251))]);
    }

    [Fact]
    public void A_file_cut_off_anywhere_or_with_any_bit_turned_is_refused_by_name()
    {
        var png = PalettePng.Encode(new IndexMask(3, 2, [0, 1, 2, 3, 4, 255]), Palette.Default);
        for (var length = 0; length < png.Length; length++)
        {
            Should.Throw<ImageFormatException>(() => PalettePng.Decode(png.AsSpan(0, length), "m.png")).Message.ShouldStartWith("m.png: ");
        }

        for (var at = 0; at < png.Length; at++)
        {
            var damaged = png.ToArray();
            damaged[at] ^= 0x10;
            Should.Throw<ImageFormatException>(() => PalettePng.Decode(damaged, "m.png"));
        }
    }

    [Fact]
    public void A_header_that_promises_too_many_pixels_is_refused_before_anything_is_allocated()
    {
        byte[] header = [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 8, 3, 0, 0, 0];
        Should.Throw<ImageFormatException>(() => PalettePng.Decode(WithHeader(header), "bomb.png")).Message.ShouldContain("limit");
    }

    [Theory]
    // One row of five pixels, the leftmost in the highest bits: 1 0 1 1 0, then 2 0 3 1 2, then 9 0 15 1 7.
    [InlineData(1, 0, new byte[] { 0b1011_0000 }, new byte[] { 1, 0, 1, 1, 0 })]
    [InlineData(2, 3, new byte[] { 0b10_00_11_01, 0b10_000000 }, new byte[] { 2, 0, 3, 1, 2 })]
    [InlineData(4, 0, new byte[] { 0x90, 0xF1, 0x70 }, new byte[] { 9, 0, 15, 1, 7 })]
    [InlineData(8, 0, new byte[] { 200, 0, 255, 1, 7 }, new byte[] { 200, 0, 255, 1, 7 })]
    public void Masks_of_few_bits_grey_or_palette_keep_their_values(byte bits, byte colour, byte[] packed, byte[] expected)
    {
        using var pixels = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(pixels, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write([0, .. packed]);
        using var png = new MemoryStream();
        png.Write(PngChunks.Signature);
        PngChunks.Write(png, "IHDR"u8, [0, 0, 0, 5, 0, 0, 0, 1, bits, colour, 0, 0, 0]);
        PngChunks.Write(png, "IDAT"u8, pixels.ToArray());
        PngChunks.Write(png, "IEND"u8, []);
        PalettePng.Decode(png.ToArray(), "mask.png").Pixels.ShouldBe(expected);
    }

    [Fact]
    public void A_png_that_is_no_palette_picture_is_refused()
    {
        var png = ImageCodec.EncodePng(Pictures.Smooth(4, 4));
        Should.Throw<ImageFormatException>(() => PalettePng.Decode(png, "photo.png")).Message.ShouldContain("a mask is a palette or grey PNG of at most 8 bits");
    }

    private static byte[] WithHeader(byte[] header)
    {
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]);
        byte[] chunk = [.. "IHDR"u8, .. header];
        png.Write(chunk);
        var crc = System.IO.Hashing.Crc32.Hash(chunk);
        Array.Reverse(crc);
        png.Write(crc);
        return png.ToArray();
    }
}
