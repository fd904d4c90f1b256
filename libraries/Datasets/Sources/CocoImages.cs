using System.Globalization;
using Maskwright.Artifacts;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>The images of COCO annotation files that show one of the classes.</summary>
internal sealed class CocoImages : ImageSource
{
    private readonly SourceFiles _annotationFiles;
    private readonly IReadOnlyList<SourceFiles> _imageFiles;
    private readonly ImageLocator _locator;
    private readonly string _annotationName;
    private readonly string _digest;
    private readonly Dictionary<long, List<(CocoAnnotation, byte)>> _annotations;
    private readonly PreparationOptions _options;

    private CocoImages(
        SourceFiles annotationFiles,
        IReadOnlyList<SourceFiles> imageFiles,
        string annotationName,
        string digest,
        IReadOnlyList<string> classes,
        IReadOnlyList<SourceImage> images,
        Dictionary<long, List<(CocoAnnotation, byte)>> annotations,
        PreparationOptions options)
    {
        (_annotationFiles, _imageFiles, _annotationName, _digest, _annotations, _options) = (annotationFiles, imageFiles, annotationName, digest, annotations, options);
        (Classes, Images) = (classes, images);
        _locator = new ImageLocator([.. imageFiles.SelectMany(files => CocoLayout.ImageFolders(files, annotationName).Select(folder => (files, folder)))]);
    }

    public override string Name => $"{_annotationFiles.Name}/{_annotationName}";

    public override IReadOnlyList<SourceImage> Images { get; }

    public override IReadOnlyList<string> Classes { get; }

    /// <summary>Reads the annotations and chooses the images.</summary>
    /// <exception cref="DatasetException">They cannot be used; names all that is wrong.</exception>
    public static async Task<CocoImages> OpenAsync(
        SourceFiles annotationFiles, IReadOnlyList<SourceFiles> imageFiles, DatasetSource.Coco source, PreparationOptions options, CancellationToken cancellationToken)
    {
        var name = CocoLayout.FindAnnotations(annotationFiles, source.AnnotationFiles, imageFiles)[0];
        var path = $"{annotationFiles.Name}/{name}";
        string digest;
        CocoInstances instances;
        try
        {
            await using (var json = await annotationFiles.OpenAsync(name, cancellationToken))
                digest = await Digest.OfStreamAsync(json, cancellationToken);
            await using (var json = await annotationFiles.OpenAsync(name, cancellationToken))
                instances = await CocoInstances.ReadAsync(json, path, cancellationToken);
        }
        catch (CocoFormatException error)
        {
            throw new DatasetException(DatasetFailure.BadAnnotations, error.Message, error);
        }
        catch (ImageProblemException error)
        {
            throw new DatasetException(DatasetFailure.SourceNotFound, $"{path}: {error.Message}.", error);
        }

        var classes = ClassMap.Create(options.Classes, instances.Categories, path);
        var annotations = new Dictionary<long, List<(CocoAnnotation, byte)>>();
        foreach (var annotation in instances.Annotations)
        {
            if (!classes.TryGet(annotation.CategoryId, out var classIndex))
                continue;
            if (!annotations.TryGetValue(annotation.ImageId, out var list))
                annotations.Add(annotation.ImageId, list = []);
            list.Add((annotation, classIndex));
        }

        return new CocoImages(annotationFiles, imageFiles, name, digest, ["background", .. options.Classes], Choose(instances, annotations, options, path), annotations, options);
    }

    public override SourceLineage Lineage(string imagesSha256) => new("coco", _annotationName, _digest, imagesSha256);

    public override Task<byte[]> ReadImageAsync(SourceImage image, CancellationToken cancellationToken)
    {
        var (files, name) = _locator.Locate(image.Image.FileName);
        return files.ReadAsync(name, cancellationToken);
    }

    public override Task<IndexMask> PaintAsync(SourceImage image, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(MaskPainter.Paint(image.Image, _annotations[image.Image.Id], _options.Overlap, _options.Crowds));
        }
        catch (FormatException error)
        {
            throw new DatasetException(DatasetFailure.BadAnnotations, $"An annotation cannot be rasterised: {error.Message}. Correct or remove it.", error);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _annotationFiles.DisposeAsync();
        foreach (var files in _imageFiles)
            await files.DisposeAsync();
    }

    private static List<SourceImage> Choose(
        CocoInstances instances, Dictionary<long, List<(CocoAnnotation Annotation, byte Class)>> annotations, PreparationOptions options, string path)
    {
        IEnumerable<CocoImage> chosen = instances.Images.Where(image => annotations.ContainsKey(image.Id));
        if (options.MaxImages is { } most)
            chosen = chosen.OrderBy(image => SeededHash.Of(options.Seed, "select", image.Id.ToString(CultureInfo.InvariantCulture))).Take(most);

        var images = chosen.OrderBy(image => image.Id).ToList();
        if (images.Count == 0)
            throw new DatasetException(DatasetFailure.TooFewImages, $"{path}: none of its {instances.Images.Count} images shows {string.Join(" or ", options.Classes)}. Give other data, or correct the option {nameof(PreparationOptions.Classes)}.");
        CheckInside(images, annotations, path);
        CheckNames(images, path);
        return [.. images.Select(image => new SourceImage(
            image.Id.ToString("D12", CultureInfo.InvariantCulture), image, CountInstances(annotations[image.Id], options.Classes.Count), Split: null))];
    }

    private static int[] CountInstances(List<(CocoAnnotation Annotation, byte Class)> annotations, int classes)
    {
        var counts = new int[classes + 1];
        foreach (var (annotation, index) in annotations)
            counts[index] += annotation.IsCrowd ? 0 : 1;
        return counts;
    }

    private static void CheckInside(List<CocoImage> images, Dictionary<long, List<(CocoAnnotation Annotation, byte Class)>> annotations, string path)
    {
        var outside = new ProblemList();
        foreach (var image in images)
            foreach (var (annotation, _) in annotations[image.Id])
                if (annotation.Segmentation is CocoSegmentation.Polygons polygons && polygons.LiesOutside(image.Width, image.Height))
                    outside.Add($"annotation {annotation.Id} of image {image.Id} ({image.FileName}, {image.Width}x{image.Height})");
        outside.ThrowIfAny(DatasetFailure.BadAnnotations, $"{path}: polygons lie entirely outside their image. Correct or remove them:");
    }

    private static void CheckNames(List<CocoImage> images, string path)
    {
        var twice = new ProblemList();
        foreach (var same in images.GroupBy(image => image.FileName, StringComparer.Ordinal).Where(group => group.Count() > 1))
            twice.Add($"'{same.Key}': images {string.Join(", ", same.Select(image => image.Id))}");
        twice.ThrowIfAny(DatasetFailure.BadAnnotations, $"{path}: several images have the same file_name. Every image needs a file of its own:");
    }
}
