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
        ArgumentNullException.ThrowIfNull(json);
        var instances = await new CocoJsonReader(json, name).ReadAsync(cancellationToken);
        CocoConsistency.Check(instances, name);
        return instances;
    }

    /// <summary>Writes the whole file: info, licenses, images, annotations with box and area, categories.</summary>
    /// <param name="json">Where the UTF-8 JSON goes; flushed, not disposed.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    public Task WriteAsync(Stream json, CancellationToken cancellationToken) =>
        CocoJsonWriter.WriteAsync(this, json, cancellationToken);
}
