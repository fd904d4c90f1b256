using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>The chosen images of a source whose masks are files.</summary>
/// <param name="name">What to call the source in a message.</param>
/// <param name="lineage">What the masks are.</param>
/// <param name="classes">Names of the class indices, the background first.</param>
/// <param name="chosen">The chosen images with their files.</param>
/// <param name="values">The class index of each value of a mask, 256 entries.</param>
internal sealed class MaskImages(
    string name, SourceLineage lineage, IReadOnlyList<string> classes, IReadOnlyList<(SourceImage Image, MaskPair Pair)> chosen, byte[] values) : ImageSource
{
    private readonly Dictionary<string, MaskPair> _pairs = chosen.ToDictionary(entry => entry.Image.Key, entry => entry.Pair, StringComparer.Ordinal);

    public override string Name => name;

    public override IReadOnlyList<SourceImage> Images { get; } = [.. chosen.Select(entry => entry.Image)];

    public override IReadOnlyList<string> Classes => classes;

    public override SourceLineage Lineage(string imagesSha256) => lineage with { ImagesSha256 = imagesSha256 };

    public override Task<FileBytes> ReadImageAsync(SourceImage image, CancellationToken cancellationToken)
    {
        var pair = _pairs[image.Key];
        return pair.ImageFiles.ReadAsync(pair.Image, cancellationToken);
    }

    public override async Task<PaintedImage> PaintAsync(SourceImage image, CancellationToken cancellationToken)
    {
        var pair = _pairs[image.Key];
        using var bytes = await pair.MaskFiles.ReadAsync(pair.Mask, cancellationToken);
        var mask = Decode(pair, bytes);
        for (var i = 0; i < mask.Pixels.Length; i++)
            mask.Pixels[i] = values[mask.Pixels[i]];
        return new PaintedImage(mask, Objects: null);
    }

    /// <summary>The mask as its file has it.</summary>
    /// <exception cref="ImageProblemException">It cannot be used.</exception>
    public static IndexMask Decode(MaskPair pair, FileBytes bytes)
    {
        try
        {
            return PalettePng.Decode(bytes.Span, pair.Mask);
        }
        catch (ImageFormatException error)
        {
            throw new ImageProblemException(error.Message, error);
        }
    }
}
