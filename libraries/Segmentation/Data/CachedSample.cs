using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>One decoded sample: image and mask of one size.</summary>
/// <param name="Key">The sample's key in its dataset.</param>
/// <param name="Image">8-bit RGB.</param>
/// <param name="Mask">Class indices; 255 is ignored.</param>
public sealed record CachedSample(string Key, RgbImage Image, IndexMask Mask)
{
    /// <summary>Decodes a sample at its own size.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="classes">Number of classes: a mask with another index (but 255) is refused.</param>
    /// <exception cref="ImageFormatException">The image or mask does not decode; the message names the sample.</exception>
    /// <exception cref="InvalidDataException">The mask names a class that is not there, or is of another size than the image.</exception>
    public static CachedSample Decode(EncodedSample sample, int classes)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var image = ImageCodec.Decode(sample.Jpeg, ImageName(sample));
        var mask = DecodeMask(sample, classes);
        return image.Width == mask.Width && image.Height == mask.Height
            ? new CachedSample(sample.Key, image, mask)
            : throw new InvalidDataException(
                $"The image of sample {sample.Key} is {image.Width}x{image.Height} and its mask {mask.Width}x{mask.Height}; expected the same. Prepare the dataset again.");
    }

    /// <summary>
    /// Decodes a sample stretched to a square: the image by an antialiased bilinear filter, the mask by the nearest pixel.
    /// </summary>
    /// <param name="sample">The sample.</param>
    /// <param name="side">Side of the square, in pixels.</param>
    /// <param name="classes">Number of classes: a mask with another index (but 255) is refused.</param>
    /// <exception cref="ImageFormatException">The image or mask does not decode; the message names the sample.</exception>
    /// <exception cref="InvalidDataException">The mask names a class that is not there.</exception>
    public static CachedSample DecodeSquare(EncodedSample sample, int side, int classes)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var image = ImageCodec.DecodeScaled(sample.Jpeg, side, side, ImageName(sample));
        return new CachedSample(sample.Key, image, Resampling.ResizeNearest(DecodeMask(sample, classes), side, side));
    }

    private static string ImageName(EncodedSample sample) => $"image of sample {sample.Key}";

    private static IndexMask DecodeMask(EncodedSample sample, int classes)
    {
        var mask = PalettePng.Decode(sample.MaskPng, $"mask of sample {sample.Key}");
        var outside = classes < IndexMask.Ignore ? mask.Pixels.AsSpan().IndexOfAnyInRange((byte)classes, (byte)(IndexMask.Ignore - 1)) : -1;
        return outside < 0
            ? mask
            : throw new InvalidDataException(
                $"The mask of sample {sample.Key} holds class {mask.Pixels[outside]}; expected indices below {classes} or 255 for ignore. Prepare the dataset again.");
    }
}
