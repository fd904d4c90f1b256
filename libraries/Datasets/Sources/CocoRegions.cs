using System.Buffers;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>The annotations of the classes, their regions read again from the <see cref="RegionStore"/>. Any number of threads may read.</summary>
/// <param name="store">Holds the regions; disposed with this.</param>
/// <param name="entries">By ascending image id.</param>
/// <param name="classes">The class of each category.</param>
/// <param name="options">How masks are painted.</param>
internal sealed class CocoRegions(RegionStore store, CocoAnnotationEntry[] entries, ClassMap classes, PreparationOptions options) : IDisposable
{
    /// <summary>The annotations by ascending id of their image.</summary>
    public CocoAnnotationEntry[] Entries => entries;

    /// <summary>The annotations of an image, in the file's order.</summary>
    public ReadOnlySpan<CocoAnnotationEntry> Of(long imageId) => entries.AsSpan(RangeOf(imageId));

    /// <summary>Where the annotations of an image are in <see cref="Entries"/>.</summary>
    public Range RangeOf(long imageId)
    {
        var start = FirstFrom(imageId);
        var end = start;
        while (end < entries.Length && entries[end].ImageId == imageId)
            end++;
        return start..end;
    }

    /// <summary>The class of an annotation.</summary>
    public byte ClassOf(in CocoAnnotationEntry entry) => classes.TryGet(entry.CategoryId, out var index)
        ? index
        : throw new ArgumentException($"The category {entry.CategoryId} belongs to no class.", nameof(entry));

    /// <summary>Reads an annotation's region back.</summary>
    public CocoAnnotation Read(in CocoAnnotationEntry entry, CocoSegmentationParser parser)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(entry.Length);
        try
        {
            var region = bytes.AsSpan(0, entry.Length);
            store.Read(entry.Offset, region);
            return new CocoAnnotation(entry.Id, entry.ImageId, entry.CategoryId, entry.IsCrowd, entry.Area, parser.Parse(region));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Paints the mask of an image, and finds its objects.</summary>
    public PaintedImage Paint(CocoImage image)
    {
        var parser = new CocoSegmentationParser();
        var annotations = new List<(CocoAnnotation Annotation, byte Class)>();
        foreach (var entry in Of(image.Id))
            annotations.Add((Read(entry, parser), ClassOf(entry)));
        return new PaintedImage(MaskPainter.Paint(image, annotations, options.Overlap, options.Crowds), [.. Objects(image, annotations)]);
    }

    public void Dispose() => store.Dispose();

    private static IEnumerable<SampleObject> Objects(CocoImage image, List<(CocoAnnotation Annotation, byte Class)> annotations)
    {
        foreach (var (annotation, index) in annotations)
            if (!annotation.IsCrowd && annotation.Segmentation.Bounds(image.Width, image.Height) is { } box)
                yield return new SampleObject(index, annotation.Area, box);
    }

    private int FirstFrom(long imageId)
    {
        var (low, high) = (0, entries.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (entries[middle].ImageId < imageId)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
