namespace Maskwright.Imaging;

/// <summary>A licence that images refer to.</summary>
/// <param name="Id">Unique among the licences.</param>
/// <param name="Name">For example "Attribution License".</param>
/// <param name="Url">Where its text is.</param>
public sealed record CocoLicense(int Id, string Name, string Url);

/// <summary>A COCO "instances" file: pictures, the objects in them and the categories of these.</summary>
/// <param name="Images">In the file's order, ids unique.</param>
/// <param name="Annotations">In the file's order, ids unique, each of an image and a category of this file.</param>
/// <param name="Categories">In the file's order, ids unique.</param>
public sealed record CocoInstances(
    IReadOnlyList<CocoImage> Images,
    IReadOnlyList<CocoAnnotation> Annotations,
    IReadOnlyList<CocoCategory> Categories)
{
    /// <summary>What the data set is, one line.</summary>
    public string Description { get; init; } = "";

    /// <summary>The licences that <see cref="CocoImage.License"/> refers to; may be empty.</summary>
    public IReadOnlyList<CocoLicense> Licenses { get; init; } = [];

    /// <summary>
    /// Reads a file as it streams by: the JSON is never whole in memory, properties that are not needed are skipped.
    /// Everything is checked: types, ids, references, polygons, run lengths against the size of their image.
    /// </summary>
    /// <param name="json">UTF-8 JSON; read to its end, not disposed.</param>
    /// <param name="name">Name of the file, for errors.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="CocoFormatException">Not JSON, not COCO, or not consistent; names the place.</exception>
    public static async Task<CocoInstances> ReadAsync(Stream json, string name, CancellationToken cancellationToken)
    {
        var collected = new Collector();
        await VisitAsync(json, name, collected, cancellationToken);
        var instances = new CocoInstances(collected.Images, collected.Annotations, collected.Categories)
        {
            Description = collected.Summary,
            Licenses = collected.Licenses,
        };
        CocoConsistency.Check(instances, name);
        return instances;
    }

    /// <summary>
    /// Shows a file's elements to a visitor as they stream by, in memory that does not depend on the file's size. Each
    /// element is checked in itself; what holds between elements is the visitor's to check.
    /// </summary>
    /// <param name="json">UTF-8 JSON; read to its end, not disposed.</param>
    /// <param name="name">Name of the file, for errors.</param>
    /// <param name="visitor">Is shown every element.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="CocoFormatException">Not JSON or not COCO; names the place.</exception>
    public static Task VisitAsync(Stream json, string name, CocoVisitor visitor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(visitor);
        return new CocoJsonReader(json, name, visitor).ReadAsync(cancellationToken);
    }

    /// <summary>Writes the whole file: info, licenses, images, annotations with box and area, categories.</summary>
    /// <param name="json">Where the UTF-8 JSON goes; flushed, not disposed.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    public Task WriteAsync(Stream json, CancellationToken cancellationToken) =>
        CocoJsonWriter.WriteAsync(this, json, cancellationToken);

    private sealed class Collector : CocoVisitor
    {
        private readonly CocoSegmentationParser _segmentations = new();

        public List<CocoImage> Images { get; } = [];

        public List<CocoAnnotation> Annotations { get; } = [];

        public List<CocoCategory> Categories { get; } = [];

        public List<CocoLicense> Licenses { get; } = [];

        public string Summary { get; private set; } = "";

        public override void Description(string description) => Summary = description;

        public override void License(CocoLicense license) => Licenses.Add(license);

        public override void Image(CocoImage image) => Images.Add(image);

        public override void Category(CocoCategory category) => Categories.Add(category);

        public override void Annotation(in CocoAnnotationElement annotation) => Annotations.Add(new CocoAnnotation(
            annotation.Id,
            annotation.ImageId,
            annotation.CategoryId,
            annotation.IsCrowd,
            annotation.Area,
            _segmentations.Parse(annotation.Segmentation)));
    }
}
