using System.Text.Json;

namespace Maskwright.Imaging;

/// <summary>Reads the three forms of "segmentation".</summary>
internal sealed class CocoSegmentationReader(string file)
{
    private readonly List<double> _coordinates = [];
    private readonly List<uint> _counts = [];

    public CocoSegmentation Read(ref Utf8JsonReader reader, string place) => reader.TokenType switch
    {
        JsonTokenType.StartArray => Polygons(ref reader, place),
        JsonTokenType.StartObject => Runs(ref reader, place),
        _ => throw new CocoFormatException(file, place, "expected a list of polygons, or an object with size and counts."),
    };

    /// <summary>Reads a region and checks it: that of runs against the size it names itself.</summary>
    public void Check(ref Utf8JsonReader reader, string place)
    {
        var segmentation = Read(ref reader, place);
        try
        {
            _ = segmentation switch
            {
                CocoSegmentation.UncompressedRle runs => Rle.FromCounts(runs.Height, runs.Width, runs.Counts),
                CocoSegmentation.CompressedRle packed => Rle.FromString(packed.Height, packed.Width, packed.Counts),
                _ => null,
            };
        }
        catch (FormatException e)
        {
            throw new CocoFormatException(file, place, $"{e.Message}.", e);
        }
    }

    private CocoSegmentation.Polygons Polygons(ref Utf8JsonReader reader, string place)
    {
        var parts = new List<double[]>(1);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new CocoFormatException(file, place, "expected a list of polygons, each a list of numbers x0, y0, x1, y1, …");
            }

            parts.Add(Polygon(ref reader, place, parts.Count));
        }

        return parts.Count > 0
            ? new CocoSegmentation.Polygons(parts)
            : throw new CocoFormatException(file, place, "expected at least one polygon; remove the annotation if it has no outline.");
    }

    private double[] Polygon(ref Utf8JsonReader reader, string place, int index)
    {
        _coordinates.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var value))
            {
                throw new CocoFormatException(file, $"{place}[{index}][{_coordinates.Count}]", "expected a number.");
            }

            _coordinates.Add(value);
        }

        double[] polygon = [.. _coordinates];
        try
        {
            PolygonRaster.Check(polygon);
        }
        catch (FormatException e)
        {
            throw new CocoFormatException(file, $"{place}[{index}]", $"{e.Message}.", e);
        }

        return polygon;
    }

    private CocoSegmentation Runs(ref Utf8JsonReader reader, string place)
    {
        (int Height, int Width)? size = null;
        uint[]? counts = null;
        string? packed = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isSize = reader.ValueTextEquals("size"u8);
            var isCounts = reader.ValueTextEquals("counts"u8);
            reader.Read();
            if (isSize)
            {
                size = Size(ref reader, place);
            }
            else if (isCounts && reader.TokenType == JsonTokenType.String)
            {
                packed = reader.GetString();
            }
            else if (isCounts)
            {
                counts = Counts(ref reader, place);
            }
            else
            {
                reader.TrySkip();
            }
        }

        return (size, counts, packed) switch
        {
            ({ } s, { } runs, _) => new CocoSegmentation.UncompressedRle(s.Height, s.Width, runs),
            ({ } s, _, { } text) => new CocoSegmentation.CompressedRle(s.Height, s.Width, text),
            _ => throw new CocoFormatException(file, place, "expected both size and counts."),
        };
    }

    private (int Height, int Width) Size(ref Utf8JsonReader reader, string place)
    {
        var size = Numbers(ref reader, $"{place}.size", "expected [height, width]");
        return size.Count == 2 && size.All(side => side is >= 1 and <= (uint)ImageCodec.MaxPixels)
            ? ((int)size[0], (int)size[1])
            : throw new CocoFormatException(file, $"{place}.size", "expected [height, width].");
    }

    private uint[] Counts(ref Utf8JsonReader reader, string place) =>
        [.. Numbers(ref reader, $"{place}.counts", "expected a list of run lengths (whole numbers, 0 or more), or a packed string")];

    private List<uint> Numbers(ref Utf8JsonReader reader, string place, string expected)
    {
        _counts.Clear();
        var isList = reader.TokenType == JsonTokenType.StartArray;
        while (isList && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetUInt32(out var value))
            {
                throw new CocoFormatException(file, place, $"{expected}.");
            }

            _counts.Add(value);
        }

        return isList ? _counts : throw new CocoFormatException(file, place, $"{expected}.");
    }
}
