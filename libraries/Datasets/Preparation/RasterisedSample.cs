using System.IO.Hashing;
using Maskwright.Artifacts;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>A sample as its shard will hold it, with the pixels of each mask value counted.</summary>
/// <param name="Image">The image it comes from.</param>
/// <param name="Info">Where it comes from, and its size.</param>
/// <param name="Jpeg">The source's own bytes, or the image encoded anew where its size or its encoding changes.</param>
/// <param name="MaskPng">The index mask.</param>
/// <param name="PixelsOf">Pixels of each mask value, 256 entries.</param>
internal sealed record RasterisedSample(ScannedImage Image, SampleInfo Info, ReadOnlyMemory<byte> Jpeg, byte[] MaskPng, long[] PixelsOf) : IDisposable
{
    /// <summary>Whether the JPEG is the source's own, bit for bit.</summary>
    public bool IsSourceJpeg => SourceBytes is not null;

    private FileBytes? SourceBytes { get; init; }

    /// <summary>The class indices that occur in the mask, ascending, without ignore.</summary>
    public IEnumerable<int> Classes => Enumerable.Range(0, IndexMask.Ignore).Where(index => PixelsOf[index] > 0);

    /// <summary>Paints the mask of one image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="source">Where it is.</param>
    /// <param name="options">Its size and encoding.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ImageProblemException">The file is not the one that was scanned.</exception>
    /// <exception cref="DatasetException">An annotation cannot be rasterised.</exception>
    public static async Task<RasterisedSample> CreateAsync(
        ScannedImage image, ImageSource source, PreparationOptions options, CancellationToken cancellationToken)
    {
        var file = await source.ReadImageAsync(image.Source, cancellationToken);
        ReadOnlyMemory<byte> bytes = file.Memory;
        if (XxHash3.HashToUInt64(bytes.Span) != image.Checksum)
            throw new ImageProblemException("it was changed while the dataset was being prepared; leave the source alone and prepare again");

        var (mask, objects) = await source.PaintAsync(image.Source, cancellationToken);
        var turn = image.IsAnnotatedAsStored ? image.Header.Orientation : Orientation.Upright;
        var upright = mask.TurnedUpright(turn);
        var (jpeg, sized) = Encode(bytes, upright, image, options);
        var (id, fileName, license) = (image.Source.Image.Id, image.Source.Image.FileName, image.Source.Image.License);
        return new RasterisedSample(
            image,
            new SampleInfo(id, fileName, sized.Width, sized.Height, license, objects?.Select(Placed).ToList()),
            jpeg,
            PalettePng.Encode(sized, Palette.Default),
            Histogram(sized.Pixels))
        {
            SourceBytes = jpeg.Equals(bytes) ? file : null,
        };

        SampleObject Placed(SampleObject found)
        {
            var box = found.Box.TurnedUpright(turn, mask.Width, mask.Height);
            return found with { Box = options.Resize is { } resize ? Resizing.Apply(resize, box, upright.Width, upright.Height) : box };
        }
    }

    /// <summary>The files of the sample in a shard.</summary>
    public IReadOnlyList<ShardFile> Files() =>
    [
        new ShardFile("jpg", Jpeg) { Sha256 = IsSourceJpeg ? Image.Sha256.ToString() : null },
        new ShardFile("png", MaskPng),
        new ShardFile("json", CanonicalJson.Serialize(Info, DatasetJson.Default.SampleInfo)),
    ];

    /// <summary>What the contact sheet shows of it.</summary>
    public ContactTile Tile()
    {
        var key = Image.Source.Key;
        var (width, height) = ContactSheet.Fitted(Info.Width, Info.Height);
        return new ContactTile(ImageCodec.DecodeScaled(Jpeg, width, height, key), Resampling.ResizeNearest(PalettePng.Decode(MaskPng, key), width, height), key);
    }

    /// <summary>Gives the source's bytes back, once the sample is in its shard.</summary>
    public void Dispose() => SourceBytes?.Dispose();

    private static (ReadOnlyMemory<byte> Jpeg, IndexMask Mask) Encode(ReadOnlyMemory<byte> bytes, IndexMask mask, ScannedImage image, PreparationOptions options)
    {
        var name = image.Source.Image.FileName;
        if (options.Resize is { } resize)
        {
            var resized = Resizing.Apply(resize, bytes, mask, name);
            return (ImageCodec.EncodeJpeg(resized.Image, options.JpegQuality), resized.Mask);
        }

        return image.Header.Encoding == ImageEncoding.Jpeg
            ? (bytes, mask)
            : (ImageCodec.EncodeJpeg(ImageCodec.Decode(bytes, name), options.JpegQuality), mask);
    }

    private static long[] Histogram(ReadOnlySpan<byte> values)
    {
        var counts = new long[256];
        while (!values.IsEmpty)
        {
            // Masks are long runs of one value: finding the end of a run is quicker than counting one by one.
            var run = values.IndexOfAnyExcept(values[0]);
            run = run < 0 ? values.Length : run;
            counts[values[0]] += run;
            values = values[run..];
        }

        return counts;
    }
}
