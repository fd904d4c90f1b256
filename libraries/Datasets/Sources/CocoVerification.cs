using System.Collections.Concurrent;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>What of the annotations fits their images, and is large enough. Only known once the whole file was read.</summary>
internal static class CocoVerification
{
    /// <summary>Leaves out what cannot be used, and says so, and what is smaller than asked for.</summary>
    /// <param name="regions">Reads regions back.</param>
    /// <param name="images">The images by ascending id.</param>
    /// <param name="context">Options, and what takes bad input.</param>
    /// <param name="name">What to call the annotation file in a message.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task<CocoAnnotationEntry[]> UsableAsync(
        CocoRegions regions, IReadOnlyList<CocoImage> images, SourceContext context, string name, CancellationToken cancellationToken)
    {
        // One flag an annotation: there may be a million, nearly all of them usable.
        var isUsable = new bool[regions.Entries.Length];
        var problems = new List<string>?[images.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.DegreeOfParallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Partitioner.Create(0, Math.Max(images.Count, 1), rangeSize: 256).GetDynamicPartitions(), parallel, (range, token) =>
        {
            var parser = new CocoSegmentationParser();
            for (var i = range.Item1; i < Math.Min(range.Item2, images.Count); i++)
            {
                token.ThrowIfCancellationRequested();
                problems[i] = Verify(regions, images[i], parser, context.Options.MinAnnotationArea, isUsable);
            }

            return ValueTask.CompletedTask;
        });

        foreach (var problem in problems.SelectMany(found => found ?? []))
            context.Bad.Add(BadInputKind.Annotation, DatasetFailure.BadAnnotations, $"{name}: annotations do not fit their images. Correct or remove them, or skip bad input:", problem);
        return isUsable.Contains(false) ? [.. regions.Entries.Where((_, at) => isUsable[at])] : regions.Entries;
    }

    /// <summary>Marks the usable annotations of an image; what is wrong with the others, null when nothing is.</summary>
    private static List<string>? Verify(
        CocoRegions regions, CocoImage image, CocoSegmentationParser parser, double minArea, bool[] isUsable)
    {
        List<string>? problems = null;
        var (start, count) = regions.RangeOf(image.Id).GetOffsetAndLength(regions.Entries.Length);
        for (var at = start; at < start + count; at++)
        {
            ref readonly var entry = ref regions.Entries[at];
            try
            {
                var segmentation = regions.Read(entry, parser).Segmentation;
                if (Misfit(segmentation, image) is { } misfit)
                    (problems ??= []).Add(Describe(entry, image, misfit));
                else
                    isUsable[at] = minArea == 0 || Area(entry, segmentation, image) >= minArea;
            }
            catch (CocoFormatException error)
            {
                (problems ??= []).Add(Describe(entry, image, error.Message));
            }
        }

        return problems;
    }

    private static string Describe(in CocoAnnotationEntry entry, CocoImage image, string problem) =>
        $"annotation {entry.Id} of image {image.Id} ({image.FileName}, {image.Width}x{image.Height}): {problem}";

    private static string? Misfit(CocoSegmentation segmentation, CocoImage image) => segmentation switch
    {
        CocoSegmentation.Polygons polygons => polygons.LiesOutside(image.Width, image.Height) ? "its polygons lie entirely outside" : null,
        CocoSegmentation.UncompressedRle runs => Misfit(runs.Height, runs.Width, image),
        CocoSegmentation.CompressedRle packed => Misfit(packed.Height, packed.Width, image),
        _ => throw new ArgumentException("Unknown kind of segmentation.", nameof(segmentation)),
    };

    private static string? Misfit(int height, int width, CocoImage image) => (height, width) == (image.Height, image.Width)
        ? null
        : $"its run lengths are of size [{height}, {width}], the picture is of size [{image.Height}, {image.Width}]";

    private static double Area(in CocoAnnotationEntry entry, CocoSegmentation segmentation, CocoImage image) =>
        entry.Area > 0 ? entry.Area : Rle.FromSegmentation(segmentation, image.Height, image.Width).Area;
}
