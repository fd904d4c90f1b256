using System.Text;
using System.Text.Json;
using Google.Protobuf.Collections;
using Maskwright.Dashboard.Otlp.Wire;
using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Otlp;

/// <summary>Turns attributes and texts of messages into bounded ones that share what repeats. Not safe for use by several threads.</summary>
internal sealed class AttributeReader(TelemetryLimits limits)
{
    /// <summary>Nesting of lists and maps that is written out; protobuf's own limit is far above it.</summary>
    private const int MaxDepth = 16;

    private readonly TextPool _pool = new();

    /// <summary>A name or another text, cut where it is too long.</summary>
    public string Text(string text) => text.Length <= limits.MaxAttributeLength ? _pool.Share(text) : Cut(text);

    public TelemetryAttribute[] Read(RepeatedField<KeyValue> attributes)
    {
        var count = Math.Min(attributes.Count, limits.MaxAttributeCount);
        if (count == 0)
            return [];
        var read = new TelemetryAttribute[count];
        for (var i = 0; i < count; i++)
            read[i] = new TelemetryAttribute(Text(attributes[i].Key), Value(attributes[i].Value));
        return read;
    }

    /// <summary>The message of a log record or whatever else is to be one text.</summary>
    public string Body(AnyValue? value) => new TelemetryAttribute("", Value(value)).Text;

    /// <summary>Who sends: name and instance from the attributes of an OTLP resource.</summary>
    public (string Name, string Instance) Sender(Resource? resource)
    {
        var name = "";
        var instance = "";
        foreach (var attribute in resource?.Attributes ?? [])
        {
            if (attribute.Key == "service.name")
                name = Body(attribute.Value);
            else if (attribute.Key == "service.instance.id")
                instance = Body(attribute.Value);
        }

        return (name.Length == 0 ? "unknown_service" : name, instance);
    }

    private object Value(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => Text(value.StringValue),
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue,
        AnyValue.ValueOneofCase.IntValue => value.IntValue,
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue,
        AnyValue.ValueOneofCase.BytesValue => Text(value.BytesValue.ToBase64()),
        AnyValue.ValueOneofCase.ArrayValue or AnyValue.ValueOneofCase.KvlistValue => Text(Json(value)),
        _ => "",
    };

    private static string Json(AnyValue value)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
            Write(writer, value, 0);
        return Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length);
    }

    private static void Write(Utf8JsonWriter writer, AnyValue? value, int depth)
    {
        switch (value?.ValueCase)
        {
            case AnyValue.ValueOneofCase.StringValue:
                writer.WriteStringValue(value.StringValue);
                break;
            case AnyValue.ValueOneofCase.BoolValue:
                writer.WriteBooleanValue(value.BoolValue);
                break;
            case AnyValue.ValueOneofCase.IntValue:
                writer.WriteNumberValue(value.IntValue);
                break;
            case AnyValue.ValueOneofCase.DoubleValue when double.IsFinite(value.DoubleValue):
                writer.WriteNumberValue(value.DoubleValue);
                break;
            case AnyValue.ValueOneofCase.DoubleValue:
                writer.WriteStringValue(value.DoubleValue.ToString(System.Globalization.CultureInfo.InvariantCulture));
                break;
            case AnyValue.ValueOneofCase.BytesValue:
                writer.WriteStringValue(value.BytesValue.ToBase64());
                break;
            case AnyValue.ValueOneofCase.ArrayValue when depth < MaxDepth:
                writer.WriteStartArray();
                foreach (var item in value.ArrayValue.Values)
                    Write(writer, item, depth + 1);
                writer.WriteEndArray();
                break;
            case AnyValue.ValueOneofCase.KvlistValue when depth < MaxDepth:
                writer.WriteStartObject();
                foreach (var item in value.KvlistValue.Values)
                {
                    writer.WritePropertyName(item.Key);
                    Write(writer, item.Value, depth + 1);
                }

                writer.WriteEndObject();
                break;
            case AnyValue.ValueOneofCase.ArrayValue or AnyValue.ValueOneofCase.KvlistValue:
                writer.WriteStringValue("…");
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private string Cut(string text)
    {
        var length = limits.MaxAttributeLength;
        // A pair of surrogates stays whole.
        if (char.IsHighSurrogate(text[length - 1]))
            length--;
        return $"{text.AsSpan(0, length)} … ({text.Length - length} more characters)";
    }
}
