using System.Text.Json;

namespace Maskwright.Imaging;

/// <summary>
/// Turns one element of a COCO list into its record. Each method is given a reader on the element's first token, with
/// the whole element in its buffer, and leaves it on the last.
/// </summary>
internal sealed class CocoElements(string file)
{
    private static readonly string[] Properties =
    [
        "segmentation", "area", "iscrowd", "image_id", "category_id", "id", "file_name", "height", "width", "license",
        "name", "supercategory", "url", "description",
    ];

    private readonly CocoSegmentationReader _segmentations = new(file);

    public string Description(ref Utf8JsonReader reader)
    {
        var description = "";
        StartObject(ref reader, "info");
        while (NextProperty(ref reader, out var property))
        {
            if (property == "description" && reader.TokenType == JsonTokenType.String)
            {
                description = reader.GetString()!;
            }
            else
            {
                reader.TrySkip();
            }
        }

        return description;
    }

    public CocoImage Image(ref Utf8JsonReader reader, string place)
    {
        long? id = null, width = null, height = null;
        long license = 0;
        string? fileName = null;
        StartObject(ref reader, place);
        while (NextProperty(ref reader, out var property))
        {
            switch (property)
            {
                case "id": id = Integer(ref reader, place, "id", long.MinValue, long.MaxValue); break;
                case "width": width = Integer(ref reader, place, "width", 1, ImageCodec.MaxPixels); break;
                case "height": height = Integer(ref reader, place, "height", 1, ImageCodec.MaxPixels); break;
                case "file_name": fileName = Text(ref reader, place, "file_name"); break;
                case "license" when reader.TokenType != JsonTokenType.Null:
                    license = Integer(ref reader, place, "license", int.MinValue, int.MaxValue);
                    break;
                default: reader.TrySkip(); break;
            }
        }

        var image = new CocoImage(
            Required(id, place, "id"),
            StaysInside(Required(fileName, place, "file_name"), place),
            (int)Required(width, place, "width"),
            (int)Required(height, place, "height"),
            (int)license);
        return (long)image.Width * image.Height <= ImageCodec.MaxPixels
            ? image
            : throw new CocoFormatException(file, place, $"{width}x{height} pixels are above the limit of {ImageCodec.MaxPixels}.");
    }

    public CocoAnnotation Annotation(ref Utf8JsonReader reader, string place)
    {
        long? id = null, imageId = null, categoryId = null;
        var crowd = false;
        var area = 0.0;
        CocoSegmentation? segmentation = null;
        StartObject(ref reader, place);
        while (NextProperty(ref reader, out var property))
        {
            switch (property)
            {
                case "id": id = Integer(ref reader, place, "id", long.MinValue, long.MaxValue); break;
                case "image_id": imageId = Integer(ref reader, place, "image_id", long.MinValue, long.MaxValue); break;
                case "category_id": categoryId = Integer(ref reader, place, "category_id", int.MinValue, int.MaxValue); break;
                case "iscrowd": crowd = Integer(ref reader, place, "iscrowd", 0, 1) == 1; break;
                case "area": area = Area(ref reader, place); break;
                case "segmentation": segmentation = _segmentations.Read(ref reader, $"{place}.segmentation"); break;
                default: reader.TrySkip(); break;
            }
        }

        return new CocoAnnotation(
            Required(id, place, "id"),
            Required(imageId, place, "image_id"),
            (int)Required(categoryId, place, "category_id"),
            crowd,
            area,
            Required(segmentation, place, "segmentation"));
    }

    public CocoCategory Category(ref Utf8JsonReader reader, string place)
    {
        long? id = null;
        string? name = null, supercategory = null;
        StartObject(ref reader, place);
        while (NextProperty(ref reader, out var property))
        {
            switch (property)
            {
                case "id": id = Integer(ref reader, place, "id", int.MinValue, int.MaxValue); break;
                case "name": name = Text(ref reader, place, "name"); break;
                case "supercategory" when reader.TokenType != JsonTokenType.Null:
                    supercategory = Text(ref reader, place, "supercategory");
                    break;
                default: reader.TrySkip(); break;
            }
        }

        return new CocoCategory((int)Required(id, place, "id"), Required(name, place, "name"), supercategory);
    }

    public CocoLicense License(ref Utf8JsonReader reader, string place)
    {
        long? id = null;
        string name = "", url = "";
        StartObject(ref reader, place);
        while (NextProperty(ref reader, out var property))
        {
            switch (property)
            {
                case "id": id = Integer(ref reader, place, "id", int.MinValue, int.MaxValue); break;
                case "name" when reader.TokenType != JsonTokenType.Null: name = Text(ref reader, place, "name"); break;
                case "url" when reader.TokenType != JsonTokenType.Null: url = Text(ref reader, place, "url"); break;
                default: reader.TrySkip(); break;
            }
        }

        return new CocoLicense((int)Required(id, place, "id"), name, url);
    }

    private void StartObject(ref Utf8JsonReader reader, string place)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new CocoFormatException(file, place, "expected an object.");
        }
    }

    // Moves on to the next property's value; false at the end of the object.
    private static bool NextProperty(ref Utf8JsonReader reader, out string property)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            property = "";
            return false;
        }

        property = Known(ref reader);
        reader.Read();
        return true;
    }

    // Without this a string would be allocated for every property of every annotation.
    private static string Known(ref Utf8JsonReader reader)
    {
        foreach (var name in Properties)
        {
            if (reader.ValueTextEquals(name))
            {
                return name;
            }
        }

        return "";
    }

    private long Integer(ref Utf8JsonReader reader, string place, string property, long min, long max) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) && value >= min && value <= max
            ? value
            : throw new CocoFormatException(
                file, $"{place}.{property}", min == long.MinValue ? "expected a whole number." : $"expected a whole number from {min} to {max}.");

    private double Area(ref Utf8JsonReader reader, string place) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value) && value >= 0 && double.IsFinite(value)
            ? value
            : throw new CocoFormatException(file, $"{place}.area", "expected a finite number of pixels, 0 or more.");

    private string Text(ref Utf8JsonReader reader, string place, string property) =>
        reader.TokenType == JsonTokenType.String
            ? reader.GetString()!
            : throw new CocoFormatException(file, $"{place}.{property}", "expected text.");

    private T Required<T>(T? value, string place, string property)
        where T : struct => value ?? throw Missing(place, property);

    private T Required<T>(T? value, string place, string property)
        where T : class => value ?? throw Missing(place, property);

    private CocoFormatException Missing(string place, string property) => new(file, place, $"{property} is missing.");

    // An annotation file from somewhere must not make us read or write beside the image folder.
    private string StaysInside(string fileName, string place) =>
        fileName.Length > 0 && fileName[0] is not ('/' or '\\') && !fileName.Contains(':') && !fileName.Contains('\0')
            && !fileName.Split('/', '\\').Contains("..")
            ? fileName
            : throw new CocoFormatException(
                file, $"{place}.file_name", $"'{fileName}' is not a path inside the image folder.");
}
