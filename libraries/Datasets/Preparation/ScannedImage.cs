using System.IO.Hashing;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>An image that was looked at: it is there, whole, and has the size its annotations say.</summary>
/// <param name="Source">The image.</param>
/// <param name="Sha256">Digest of the file.</param>
/// <param name="Checksum">XxHash3 of the file: by it the file is known again when it is read once more, at a tenth of a digest's cost.</param>
/// <param name="Header">What the file says of itself.</param>
/// <param name="Channels">Sums over its pixels.</param>
internal sealed record ScannedImage(SourceImage Source, FileDigest Sha256, ulong Checksum, ImageHeader Header, ChannelSums Channels)
{
    private static readonly string[] JpegNames = [".jpg", ".jpeg"];
    private static readonly string[] PngNames = [".png"];

    /// <summary>
    /// Whether the annotations speak of the stored pixels, not of the upright picture. COCO's own tools never turn
    /// pictures, so the stored size is compared first.
    /// </summary>
    public bool IsAnnotatedAsStored => Source.Image.Width == Header.StoredWidth && Source.Image.Height == Header.StoredHeight;

    /// <summary>Looks at one image.</summary>
    /// <exception cref="ImageProblemException">It cannot be used.</exception>
    public static async Task<ScannedImage> ScanAsync(SourceImage source, ImageSource images, CancellationToken cancellationToken)
    {
        using var file = await images.ReadImageAsync(source, cancellationToken);
        try
        {
            var bytes = file.Memory;
            var header = ImageCodec.ReadHeader(bytes.Span, source.Image.FileName);
            CheckEncoding(header, source.Image.FileName);
            var (width, height) = (source.Image.Width, source.Image.Height);
            if ((width, height) != (header.StoredWidth, header.StoredHeight) && (width, height) != (header.Width, header.Height))
                throw new ImageProblemException($"it has {header.Width}x{header.Height} pixels, the annotation file says {width}x{height}");

            // All coded data of a JPEG is read, which is less than decoding it; most need no more.
            var channels = header.Encoding == ImageEncoding.Jpeg ? JpegCheck.Run(bytes.Span, source.Image.FileName, cancellationToken) : null;
            channels ??= ChannelSums.Of(ImageCodec.Decode(bytes, source.Image.FileName));
            return new ScannedImage(source, FileDigest.Of(bytes.Span), XxHash3.HashToUInt64(bytes.Span), header, channels);
        }
        catch (ImageFormatException error)
        {
            throw new ImageProblemException(error.Message, error);
        }
    }

    private static void CheckEncoding(ImageHeader header, string fileName)
    {
        var (encoding, other) = header.Encoding == ImageEncoding.Png ? ("PNG", JpegNames) : ("JPEG", PngNames);
        if (other.Contains(System.IO.Path.GetExtension(fileName), StringComparer.OrdinalIgnoreCase))
            throw new ImageProblemException($"it is a {encoding}, its name says otherwise; correct the name, and the annotations with it, or convert the file");
    }
}
