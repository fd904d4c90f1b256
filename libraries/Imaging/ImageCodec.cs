using System.Buffers;
using SkiaSharp;

namespace Maskwright.Imaging;

/// <summary>
/// JPEG and PNG to RGB and back. Pictures come out upright, as their EXIF orientation says. Grey, palette, CMYK and 16-bit
/// pictures become 8-bit RGB, alpha is dropped, ICC profiles are not applied.
/// </summary>
public static class ImageCodec
{
    /// <summary>Pictures above this many pixels are refused by their header, before anything is allocated.</summary>
    public const long MaxPixels = 100_000_000;

    /// <summary>Reads format and size without decoding any pixel.</summary>
    /// <param name="encoded">The file's bytes, or enough of its beginning to hold the header.</param>
    /// <param name="name">What to call the picture in an error.</param>
    /// <exception cref="ImageFormatException">Not a JPEG or PNG, or more than <see cref="MaxPixels"/>.</exception>
    public static unsafe ImageHeader ReadHeader(ReadOnlySpan<byte> encoded, string name)
    {
        fixed (byte* bytes = encoded)
        {
            using var codec = Open((nint)bytes, encoded, name);
            return Header(codec, name);
        }
    }

    /// <summary>Decodes a whole picture at its own size.</summary>
    /// <param name="encoded">The file's bytes.</param>
    /// <param name="name">What to call the picture in an error.</param>
    /// <exception cref="ImageFormatException">Not a JPEG or PNG, damaged, cut off, or too large.</exception>
    public static unsafe RgbImage Decode(ReadOnlyMemory<byte> encoded, string name)
    {
        fixed (byte* bytes = encoded.Span)
        {
            using var codec = Open((nint)bytes, encoded.Span, name);
            return Decode(codec, encoded.Span, Header(codec, name), codec.Info.Size, name);
        }
    }

    /// <summary>
    /// Decodes a picture at exactly the size asked for: in full, then by an antialiased bilinear resize. Of a JPEG at least four
    /// times as large only a quarter or an eighth is decoded (the inverse DCT computes only those pixels).
    /// </summary>
    /// <param name="encoded">The file's bytes.</param>
    /// <param name="width">Width wanted of the upright picture, in pixels.</param>
    /// <param name="height">Height wanted of the upright picture, in pixels.</param>
    /// <param name="name">What to call the picture in an error.</param>
    /// <exception cref="ImageFormatException">Not a JPEG or PNG, damaged, cut off, or too large.</exception>
    public static unsafe RgbImage DecodeScaled(ReadOnlyMemory<byte> encoded, int width, int height, string name)
    {
        PixelBuffer.Length(width, height, channels: 3);
        fixed (byte* bytes = encoded.Span)
        {
            using var codec = Open((nint)bytes, encoded.Span, name);
            var header = Header(codec, name);
            var size = header.Orientation.SwapsSides() ? SmallestCovering(codec, height, width) : SmallestCovering(codec, width, height);
            return header.Orientation == Orientation.Upright && size == codec.Info.Size && DecodeAndResize(encoded.Span, header, width, height) is { } image
                ? image
                : Resampling.Resize(Decode(codec, encoded.Span, header, size, name), width, height);
        }
    }

    /// <summary>Encodes as baseline JPEG with 4:2:0 chroma.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="quality">1 (smallest) to 100 (best).</param>
    public static byte[] EncodeJpeg(RgbImage image, int quality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        return Encode(image, SKEncodedImageFormat.Jpeg, quality);
    }

    /// <summary>Encodes as 8-bit RGB PNG, without loss.</summary>
    /// <param name="image">The picture.</param>
    public static byte[] EncodePng(RgbImage image) => Encode(image, SKEncodedImageFormat.Png, quality: 100);

    private static RgbImage Decode(SKCodec codec, ReadOnlySpan<byte> encoded, ImageHeader header, SKSizeI size, string name)
    {
        if (header.Encoding == ImageEncoding.Jpeg && IsCutOff(encoded))
        {
            throw new ImageFormatException(name, Explain(SKCodecResult.IncompleteInput));
        }

        if (header.Encoding == ImageEncoding.Jpeg && size == codec.Info.Size)
        {
            var pixels = GC.AllocateUninitializedArray<byte>(PixelBuffer.Length(size.Width, size.Height, channels: 3));
            if (JpegDecoder.TryDecode(encoded, size.Width, size.Height, pixels))
            {
                return new RgbImage(size.Width, size.Height, pixels).TurnedUpright(header.Orientation);
            }
        }

        // A picture with alpha must be decoded unpremultiplied, or its colours would be darkened before alpha is dropped.
        var alpha = codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
        using var bitmap = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, alpha));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        return result == SKCodecResult.Success
            ? SkiaPixels.ToRgb(bitmap).TurnedUpright(header.Orientation)
            : throw new ImageFormatException(name, Explain(result));
    }

    // Without an array of its own for the whole picture.
    private static RgbImage? DecodeAndResize(ReadOnlySpan<byte> encoded, ImageHeader header, int width, int height)
    {
        if (header.Encoding != ImageEncoding.Jpeg || IsCutOff(encoded))
        {
            return null;
        }

        var length = PixelBuffer.Length(header.Width, header.Height, channels: 3);
        var pixels = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return JpegDecoder.TryDecode(encoded, header.Width, header.Height, pixels.AsSpan(0, length))
                ? Resampling.Resize(pixels.AsSpan(0, length), header.Width, header.Height, width, height)
                : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private static SKCodec Open(nint bytes, ReadOnlySpan<byte> encoded, string name)
    {
        if (!encoded.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
            && !encoded.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            throw new ImageFormatException(
                name, encoded.IsEmpty ? "the file is empty." : "this is neither a JPEG nor a PNG.");
        }

        using var data = SKData.Create(bytes, encoded.Length);
        return SKCodec.Create(data)
            ?? throw new ImageFormatException(name, "the header is damaged or cut off; fetch the file again.");
    }

    private static ImageHeader Header(SKCodec codec, string name)
    {
        var info = codec.Info;
        if (info.Width <= 0 || info.Height <= 0 || (long)info.Width * info.Height > MaxPixels)
        {
            throw new ImageFormatException(
                name, $"{info.Width}x{info.Height} pixels are outside the limit of {MaxPixels}; scale the picture down.");
        }

        var encoding = codec.EncodedFormat == SKEncodedImageFormat.Jpeg ? ImageEncoding.Jpeg : ImageEncoding.Png;
        // Skia numbers them as EXIF does.
        return new ImageHeader(encoding, info.Width, info.Height, (Orientation)codec.EncodedOrigin);
    }

    // Skia is content with a progressive JPEG that lacks its last scans, and with a last row that is cut off. In coded
    // data neither marker can occur, so behind the last start of scan (FF DA) there must be an end of image (FF D9).
    private static bool IsCutOff(ReadOnlySpan<byte> jpeg) =>
        jpeg.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) <= jpeg.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);

    private static SKSizeI SmallestCovering(SKCodec codec, int width, int height)
    {
        if (codec.EncodedFormat != SKEncodedImageFormat.Jpeg)
        {
            return codec.Info.Size;
        }

        foreach (var share in (ReadOnlySpan<float>)[1 / 8f, 1 / 4f])
        {
            var scaled = codec.GetScaledDimensions(share);
            if (scaled.Width >= width && scaled.Height >= height)
            {
                return scaled;
            }
        }

        return codec.Info.Size;
    }

    private static byte[] Encode(RgbImage image, SKEncodedImageFormat format, int quality)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var bitmap = SkiaPixels.ToBitmap(image);
        using var data = bitmap.Encode(format, quality)
            ?? throw new InvalidOperationException($"Skia refused to encode {image.Width}x{image.Height} as {format}.");
        return data.ToArray();
    }

    private static string Explain(SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => "the picture is cut off before its end; fetch the file again.",
        SKCodecResult.ErrorInInput or SKCodecResult.InvalidInput => "the picture's data is damaged; fetch the file again.",
        _ => $"the picture cannot be decoded ({result}).",
    };
}
