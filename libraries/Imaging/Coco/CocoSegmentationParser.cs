using System.Text.Json;

namespace Maskwright.Imaging;

/// <summary>Reads regions from the bytes that a <see cref="CocoVisitor"/> was shown. For one thread at a time.</summary>
public sealed class CocoSegmentationParser
{
    private readonly PolygonText _polygons = new();
    private readonly CocoSegmentationReader _general = new("segmentation");

    /// <summary>Reads a region.</summary>
    /// <param name="json">UTF-8 JSON of <see cref="CocoAnnotationElement.Segmentation"/>.</param>
    /// <exception cref="CocoFormatException">It is not one that a visitor was shown.</exception>
    public CocoSegmentation Parse(ReadOnlySpan<byte> json)
    {
        var at = 0;
        if (_polygons.TryRead(json, ref at) && at == json.Length)
        {
            return _polygons.ToPolygons();
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            return _general.Read(ref reader, "");
        }
        catch (JsonException e)
        {
            throw new CocoFormatException("segmentation", "", $"not valid JSON: {e.Message}", e);
        }
    }
}
