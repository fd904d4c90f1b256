namespace Maskwright.Imaging;

/// <summary>What holds between the parts of a COCO file: unique ids, references that lead somewhere, sizes that agree.</summary>
internal static class CocoConsistency
{
    private const int Named = 5;

    public static void Check(CocoInstances instances, string file)
    {
        Unique(instances.Categories, category => category.Id, "categories", file);
        Unique(instances.Images, image => image.Id, "images", file);
        Unique(instances.Annotations, annotation => annotation.Id, "annotations", file);

        var categories = instances.Categories.Select(category => category.Id).ToHashSet();
        Refuse(
            instances.Annotations.Where(annotation => !categories.Contains(annotation.CategoryId)),
            annotation => $"{annotation.Id} (category {annotation.CategoryId})",
            "have a category_id that is not in categories",
            file);

        var images = instances.Images.ToDictionary(image => image.Id);
        Refuse(
            instances.Annotations.Where(annotation => !images.ContainsKey(annotation.ImageId)),
            annotation => $"{annotation.Id} (image {annotation.ImageId})",
            "have an image_id that is not in images",
            file);

        for (var i = 0; i < instances.Annotations.Count; i++)
        {
            CheckRuns(instances.Annotations[i], images, i, file);
        }
    }

    private static void CheckRuns(CocoAnnotation annotation, Dictionary<long, CocoImage> images, int index, string file)
    {
        if (annotation.Segmentation is CocoSegmentation.Polygons)
        {
            return;
        }

        var image = images[annotation.ImageId];
        try
        {
            Rle.FromSegmentation(annotation.Segmentation, image.Height, image.Width);
        }
        catch (FormatException e)
        {
            throw new CocoFormatException(
                file, $"annotations[{index}].segmentation", $"{e.Message} (annotation {annotation.Id}, image {image.Id}).", e);
        }
    }

    private static void Unique<T>(IReadOnlyList<T> items, Func<T, long> id, string property, string file)
    {
        var seen = new HashSet<long>();
        var twice = items.Select(id).Where(i => !seen.Add(i)).Distinct().ToList();
        if (twice.Count > 0)
        {
            throw new CocoFormatException(
                file, property, $"{twice.Count} id(s) occur more than once: {List(twice.Select(i => $"{i}"))}. Ids must be unique.");
        }
    }

    private static void Refuse(IEnumerable<CocoAnnotation> wrong, Func<CocoAnnotation, string> describe, string what, string file)
    {
        var offenders = wrong.ToList();
        if (offenders.Count > 0)
        {
            throw new CocoFormatException(
                file, "annotations", $"{offenders.Count} annotation(s) {what}: {List(offenders.Select(describe))}.");
        }
    }

    private static string List(IEnumerable<string> all)
    {
        var first = all.Take(Named + 1).ToList();
        return string.Join(", ", first.Take(Named)) + (first.Count > Named ? ", …" : "");
    }
}
