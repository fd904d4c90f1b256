using Maskwright.Artifacts;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>An image that was looked at: it is there, decodes to its end and has the size its annotations say.</summary>
/// <param name="Source">The image.</param>
/// <param name="Sha256">Digest of the file.</param>
/// <param name="Channels">Sums over its pixels.</param>
internal sealed record ScannedImage(SourceImage Source, string Sha256, ChannelSums Channels)
{
    /// <summary>Looks at one image.</summary>
    /// <exception cref="ImageProblemException">It cannot be used.</exception>
    public static async Task<ScannedImage> ScanAsync(SourceImage source, ImageSource images, CancellationToken cancellationToken)
    {
        var bytes = await images.ReadImageAsync(source, cancellationToken);
        try
        {
            var header = ImageCodec.ReadHeader(bytes, source.Image.FileName);
            if (header.Encoding != ImageEncoding.Jpeg)
                throw new ImageProblemException("it is not a JPEG; datasets hold the source's own JPEG bytes, so convert it");
            if (header.Width != source.Image.Width || header.Height != source.Image.Height)
                throw new ImageProblemException($"it has {header.Width}x{header.Height} pixels, the annotation file says {source.Image.Width}x{source.Image.Height}");

            // Half size is enough to find damage anywhere in the file, and it is what training sees of the colours.
            var decoded = ImageCodec.DecodeScaled(bytes, (header.Width + 1) / 2, (header.Height + 1) / 2, source.Image.FileName);
            return new ScannedImage(source, Digest.OfBytes(bytes), ChannelSums.Of(decoded));
        }
        catch (ImageFormatException error)
        {
            throw new ImageProblemException(error.Message, error);
        }
    }
}
