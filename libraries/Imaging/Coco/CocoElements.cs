using System.Text.Json;

namespace Maskwright.Imaging;

/// <summary>
/// Turns one element of a COCO list into its record. Each method is given a reader on the element's first token, with
/// the whole element in its buffer, and leaves it on the last.
/// </summary>
internal sealed class CocoElements(string file)
{
    private readonly CocoSegmentationReader _segmentations = new(file);

    private enum Property
    {
        Other,
        Id,
        FileName,
        Width,
        Height,
        License,
        Segmentation,
        Area,
        IsCrowd,
        ImageId,
        CategoryId,
        Name,
        Supercategory,
        Url,
        Description,
    }

    public string Description(ref Utf8JsonReader reader)
    {
        var description = "";
        StartObject(ref reader, "info");
        while (NextProperty(ref reader, out var property))
        {
            if (property == Property.Description && reader.TokenType == JsonTokenType.String)
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
                case Property.Id: id = Integer(ref reader, place, "id", long.MinValue, long.MaxValue); break;
                case Property.Width: width = Integer(ref reader, place, "width", 1, ImageCodec.MaxPixels); break;
                case Property.Height: height = Integer(ref reader, place, "height", 1, ImageCodec.MaxPixels); break;
                case Property.FileName: fileName = Text(ref reader, place, "file_name"); break;
                case Property.License when reader.TokenType != JsonTokenType.Null:
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

    public CocoAnnotationElement Annotation(ReadOnlySpan<byte> bytes, ref Utf8JsonReader reader, string place)
    {
        long? id = null, imageId = null, categoryId = null;
        var crowd = false;
        var area = 0.0;
        ReadOnlySpan<byte> segmentation = default;
        StartObject(ref reader, place);
        while (NextProperty(ref reader, out var property))
        {
            switch (property)
            {
                case Property.Id: id = Integer(ref reader, place, "id", long.MinValue, long.MaxValue); break;
                case Property.ImageId: imageId = Integer(ref reader, place, "image_id", long.MinValue, long.MaxValue); break;
                case Property.CategoryId: categoryId = Integer(ref reader, place, "category_id", int.MinValue, int.MaxValue); break;
                case Property.IsCrowd: crowd = Integer(ref reader, place, "iscrowd", 0, 1) == 1; break;
                case Property.Area: area = Area(ref reader, place); break;
                case Property.Segmentation:
                    var start = (int)reader.TokenStartIndex;
                    _segmentations.Check(ref reader, $"{place}.segmentation");
                    segmentation = bytes[start..(int)reader.BytesConsumed];
                    break;
                default: reader.TrySkip(); break;
            }
        }

        return new CocoAnnotationElement
        {
            Id = Required(id, place, "id"),
            ImageId = Required(imageId, place, "image_id"),
            CategoryId = (int)Required(categoryId, place, "category_id"),
            IsCrowd = crowd,
            Area = area,
            Segmentation = segmentation.IsEmpty ? throw Missing(place, "segmentation") : segmentation,
        };
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
                case Property.Id: id = Integer(ref reader, place, "id", int.MinValue, int.MaxValue); break;
                case Property.Name: name = Text(ref reader, place, "name"); break;
                case Property.Supercategory when reader.TokenType != JsonTokenType.Null:
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
                case Property.Id: id = Integer(ref reader, place, "id", int.MinValue, int.MaxValue); break;
                case Property.Name when reader.TokenType != JsonTokenType.Null: name = Text(ref reader, place, "name"); break;
                case Property.Url when reader.TokenType != JsonTokenType.Null: url = Text(ref reader, place, "url"); break;
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
    private static bool NextProperty(ref Utf8JsonReader reader, out Property property)
    {
        reader.Read();
        property = Property.Other;
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        property = Known(ref reader);
        reader.Read();
        return true;
    }

    // Compared as bytes: a string would be allocated for every property of every element.
    private static Property Known(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("id"u8) ? Property.Id
        : reader.ValueTextEquals("file_name"u8) ? Property.FileName
        : reader.ValueTextEquals("width"u8) ? Property.Width
        : reader.ValueTextEquals("height"u8) ? Property.Height
        : reader.ValueTextEquals("license"u8) ? Property.License
        : reader.ValueTextEquals("segmentation"u8) ? Property.Segmentation
        : reader.ValueTextEquals("area"u8) ? Property.Area
        : reader.ValueTextEquals("iscrowd"u8) ? Property.IsCrowd
        : reader.ValueTextEquals("image_id"u8) ? Property.ImageId
        : reader.ValueTextEquals("category_id"u8) ? Property.CategoryId
        : reader.ValueTextEquals("name"u8) ? Property.Name
        : reader.ValueTextEquals("supercategory"u8) ? Property.Supercategory
        : reader.ValueTextEquals("url"u8) ? Property.Url
        : reader.ValueTextEquals("description"u8) ? Property.Description
        : Property.Other;

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
