using System.Globalization;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>A chosen image with its annotations of the classes.</summary>
internal sealed record SourceImage(CocoImage Image, IReadOnlyList<(CocoAnnotation Annotation, byte ClassIndex)> Annotations)
{
    /// <summary>The key of its sample: the image id, which orders and identifies it.</summary>
    public string Key => Image.Id.ToString("D12", CultureInfo.InvariantCulture);

    /// <summary>Chooses the images that show at least one of the classes, by ascending id.</summary>
    /// <exception cref="DatasetException">There is none, or an annotation lies outside its image.</exception>
    public static IReadOnlyList<SourceImage> Choose(CocoInstances instances, ClassMap classes, PreparationOptions options, string annotationPath)
    {
        var annotations = new Dictionary<long, List<(CocoAnnotation, byte)>>();
        foreach (var annotation in instances.Annotations)
        {
            if (!classes.TryGet(annotation.CategoryId, out var classIndex))
                continue;
            if (!annotations.TryGetValue(annotation.ImageId, out var list))
                annotations.Add(annotation.ImageId, list = []);
            list.Add((annotation, classIndex));
        }

        IEnumerable<CocoImage> chosen = instances.Images.Where(image => annotations.ContainsKey(image.Id));
        if (options.MaxImages is { } most)
            chosen = chosen.OrderBy(image => SeededHash.Of(options.Seed, "select", image.Id.ToString(CultureInfo.InvariantCulture))).Take(most);

        var images = chosen.OrderBy(image => image.Id).Select(image => new SourceImage(image, annotations[image.Id])).ToList();
        if (images.Count == 0)
            throw new DatasetException(DatasetFailure.TooFewImages, $"{annotationPath}: none of its {instances.Images.Count} images shows {string.Join(" or ", options.Classes)}. Give other data, or correct the option {nameof(PreparationOptions.Classes)}.");
        CheckInside(images, annotationPath);
        CheckNames(images, annotationPath);
        return images;
    }

    private static void CheckInside(List<SourceImage> images, string annotationPath)
    {
        var outside = new ProblemList();
        foreach (var (image, annotations) in images)
            foreach (var (annotation, _) in annotations)
                if (annotation.Segmentation is CocoSegmentation.Polygons polygons && polygons.LiesOutside(image.Width, image.Height))
                    outside.Add($"annotation {annotation.Id} of image {image.Id} ({image.FileName}, {image.Width}x{image.Height})");
        outside.ThrowIfAny(DatasetFailure.BadAnnotations, $"{annotationPath}: polygons lie entirely outside their image. Correct or remove them:");
    }

    private static void CheckNames(List<SourceImage> images, string annotationPath)
    {
        var twice = new ProblemList();
        foreach (var same in images.GroupBy(image => image.Image.FileName, StringComparer.Ordinal).Where(group => group.Count() > 1))
            twice.Add($"'{same.Key}': images {string.Join(", ", same.Select(image => image.Image.Id))}");
        twice.ThrowIfAny(DatasetFailure.BadAnnotations, $"{annotationPath}: several images have the same file_name. Every image needs a file of its own:");
    }
}
