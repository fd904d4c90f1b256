using System.Text.Encodings.Web;
using System.Text.Json;

namespace Maskwright.Imaging;

/// <summary>Writes a COCO file with the properties, and in the order, of COCO's own.</summary>
internal static class CocoJsonWriter
{
    private const int FlushAbove = 1 << 16;

    public static async Task WriteAsync(CocoInstances instances, Stream json, CancellationToken cancellationToken)
    {
        // Packed run lengths are full of characters that the default encoder would escape for HTML.
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        await using var writer = new Utf8JsonWriter(json, options);
        var sizes = instances.Images.ToDictionary(image => image.Id);
        writer.WriteStartObject();
        writer.WriteStartObject("info");
        writer.WriteString("description", instances.Description);
        writer.WriteString("version", "1.0");
        writer.WriteEndObject();
        await WriteListAsync(writer, "licenses", instances.Licenses, Write, cancellationToken);
        await WriteListAsync(writer, "images", instances.Images, Write, cancellationToken);
        await WriteListAsync(writer, "annotations", instances.Annotations, (w, a) => Write(w, a, sizes[a.ImageId]), cancellationToken);
        await WriteListAsync(writer, "categories", instances.Categories, Write, cancellationToken);
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
    }

    private static async Task WriteListAsync<T>(
        Utf8JsonWriter writer, string property, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write, CancellationToken cancellationToken)
    {
        writer.WriteStartArray(property);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            write(writer, item);
            writer.WriteEndObject();
            if (writer.BytesPending > FlushAbove)
            {
                await writer.FlushAsync(cancellationToken);
            }
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, CocoLicense license)
    {
        writer.WriteString("url", license.Url);
        writer.WriteNumber("id", license.Id);
        writer.WriteString("name", license.Name);
    }

    private static void Write(Utf8JsonWriter writer, CocoImage image)
    {
        writer.WriteNumber("license", image.License);
        writer.WriteString("file_name", image.FileName);
        writer.WriteNumber("height", image.Height);
        writer.WriteNumber("width", image.Width);
        writer.WriteNumber("id", image.Id);
    }

    private static void Write(Utf8JsonWriter writer, CocoCategory category)
    {
        if (category.Supercategory is not null)
        {
            writer.WriteString("supercategory", category.Supercategory);
        }

        writer.WriteNumber("id", category.Id);
        writer.WriteString("name", category.Name);
    }

    private static void Write(Utf8JsonWriter writer, CocoAnnotation annotation, CocoImage image)
    {
        writer.WritePropertyName("segmentation");
        Write(writer, annotation.Segmentation);
        writer.WriteNumber("area", annotation.Area);
        writer.WriteNumber("iscrowd", annotation.IsCrowd ? 1 : 0);
        writer.WriteNumber("image_id", annotation.ImageId);
        WriteBox(writer, annotation.Segmentation, image);
        writer.WriteNumber("category_id", annotation.CategoryId);
        writer.WriteNumber("id", annotation.Id);
    }

    private static void Write(Utf8JsonWriter writer, CocoSegmentation segmentation)
    {
        switch (segmentation)
        {
            case CocoSegmentation.Polygons polygons:
                writer.WriteStartArray();
                foreach (var part in polygons.Parts)
                {
                    writer.WriteStartArray();
                    foreach (var value in part)
                    {
                        writer.WriteNumberValue(value);
                    }

                    writer.WriteEndArray();
                }

                writer.WriteEndArray();
                break;
            case CocoSegmentation.UncompressedRle runs:
                writer.WriteStartObject();
                writer.WriteStartArray("counts");
                foreach (var count in runs.Counts)
                {
                    writer.WriteNumberValue(count);
                }

                writer.WriteEndArray();
                WriteSize(writer, runs.Height, runs.Width);
                break;
            case CocoSegmentation.CompressedRle packed:
                writer.WriteStartObject();
                writer.WriteString("counts", packed.Counts);
                WriteSize(writer, packed.Height, packed.Width);
                break;
        }
    }

    private static void WriteSize(Utf8JsonWriter writer, int height, int width)
    {
        writer.WriteStartArray("size");
        writer.WriteNumberValue(height);
        writer.WriteNumberValue(width);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    // x, y, width, height: the extent of the polygons as drawn, or of the pixels of run lengths.
    private static void WriteBox(Utf8JsonWriter writer, CocoSegmentation segmentation, CocoImage image)
    {
        double[] box;
        if (segmentation is CocoSegmentation.Polygons polygons)
        {
            var (left, top, right, bottom) = polygons.Extent();
            box = [left, top, right - left, bottom - top];
        }
        else
        {
            var pixels = Rle.FromSegmentation(segmentation, image.Height, image.Width).Bounds() ?? new PixelBox(0, 0, 0, 0);
            box = [pixels.X, pixels.Y, pixels.Width, pixels.Height];
        }

        writer.WriteStartArray("bbox");
        foreach (var value in box)
        {
            writer.WriteNumberValue(Math.Round(value, 2));
        }

        writer.WriteEndArray();
    }
}
