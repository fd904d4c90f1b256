namespace Maskwright.Datasets;

/// <summary>The chosen images of COCO annotation files. Regions are read again when a mask is painted.</summary>
/// <param name="regions">Paints the masks; disposed with this.</param>
/// <param name="locator">Finds the images' files.</param>
/// <param name="lineage">What the annotations are.</param>
/// <param name="name">What to call the source in a message.</param>
/// <param name="classes">Names of the class indices, the background first.</param>
/// <param name="images">The chosen images.</param>
internal sealed class CocoImages(
    CocoRegions regions,
    ImageLocator locator,
    SourceLineage lineage,
    string name,
    IReadOnlyList<string> classes,
    IReadOnlyList<SourceImage> images) : ImageSource
{
    public override string Name => name;

    public override IReadOnlyList<SourceImage> Images => images;

    public override IReadOnlyList<string> Classes => classes;

    public override SourceLineage Lineage(string imagesSha256) => lineage with { ImagesSha256 = imagesSha256 };

    public override Task<FileBytes> ReadImageAsync(SourceImage image, CancellationToken cancellationToken)
    {
        var (files, file) = locator.Locate(image.Image.FileName);
        return files.ReadAsync(file, cancellationToken);
    }

    public override Task<PaintedImage> PaintAsync(SourceImage image, CancellationToken cancellationToken) =>
        Task.FromResult(regions.Paint(image.Image));

    public override ValueTask DisposeAsync()
    {
        regions.Dispose();
        return base.DisposeAsync();
    }
}
