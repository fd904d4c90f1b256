using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Maskwright.Artifacts;

/// <summary>
/// JSON in one form only: properties in ordinal order at every level, two spaces of indentation, <c>\n</c> line ends, UTF-8
/// without a mark, one newline at the end. Equal values give equal bytes, hence equal digests.
/// </summary>
public static class CanonicalJson
{
    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true,
        IndentSize = 2,
        NewLine = "\n",
        Encoder = new CanonicalEncoder(),
    };

    /// <summary>Serialises a value.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="type">Its source-generated serialisation.</param>
    public static byte[] Serialize<T>(T value, JsonTypeInfo<T> type)
    {
        using var document = JsonSerializer.SerializeToDocument(value, type);
        using var stream = new MemoryStream();
        using (var writer = Writer(stream))
            Write(writer, document.RootElement);
        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>For whoever writes the same form by hand: properties in ordinal order, and the last newline.</summary>
    /// <param name="stream">Where to; left open.</param>
    internal static Utf8JsonWriter Writer(Stream stream) => new(stream, Format);

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                // Through the string, so that the escapes are this encoder's whatever the type's options are.
                writer.WriteStringValue(element.GetString());
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
