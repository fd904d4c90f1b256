using Maskwright.Artifacts;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>A sample as its shard will hold it, with the pixels of each mask value counted.</summary>
/// <param name="Image">The image it comes from.</param>
/// <param name="Jpeg">The source's own bytes.</param>
/// <param name="MaskPng">The index mask.</param>
/// <param name="PixelsOf">Pixels of each mask value, 256 entries.</param>
internal sealed record RasterisedSample(ScannedImage Image, byte[] Jpeg, byte[] MaskPng, long[] PixelsOf)
{
    /// <summary>The class indices that occur in the mask, ascending, without ignore.</summary>
    public IEnumerable<int> Classes => Enumerable.Range(0, IndexMask.Ignore).Where(index => PixelsOf[index] > 0);

    /// <summary>Paints the mask of one image.</summary>
    /// <exception cref="ImageProblemException">The file is not the one that was scanned.</exception>
    /// <exception cref="DatasetException">An annotation cannot be rasterised.</exception>
    public static async Task<RasterisedSample> CreateAsync(ScannedImage image, ImageSource source, CancellationToken cancellationToken)
    {
        var jpeg = await source.ReadImageAsync(image.Source, cancellationToken);
        if (Digest.OfBytes(jpeg) != image.Sha256)
            throw new ImageProblemException("it was changed while the dataset was being prepared; leave the source alone and prepare again");

        var mask = await source.PaintAsync(image.Source, cancellationToken);
        var pixels = new long[256];
        foreach (var value in mask.Pixels)
            pixels[value]++;
        return new RasterisedSample(image, jpeg, PalettePng.Encode(mask, Palette.Default), pixels);
    }

    /// <summary>The files of the sample in a shard.</summary>
    public IReadOnlyList<ShardFile> Files()
    {
        var image = Image.Source.Image;
        var info = new SampleInfo(image.Id, image.FileName, image.Width, image.Height, image.License);
        return
        [
            new ShardFile("jpg", Jpeg),
            new ShardFile("png", MaskPng),
            new ShardFile("json", CanonicalJson.Serialize(info, DatasetJson.Default.SampleInfo)),
        ];
    }
}
