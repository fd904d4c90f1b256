using System.Text.Json;

namespace Maskwright.Imaging;

/// <summary>
/// Walks the top level of a COCO file and hands each element, once it is whole in the buffer, to
/// <see cref="CocoElements"/>. Memory is bounded by the largest single element, not by the file.
/// </summary>
internal sealed class CocoJsonReader(Stream json, string file)
{
    private const int FirstBuffer = 1 << 16;
    private const int LargestElement = 1 << 26;

    private readonly List<CocoImage> _images = [];
    private readonly List<CocoAnnotation> _annotations = [];
    private readonly List<CocoCategory> _categories = [];
    private readonly List<CocoLicense> _licenses = [];
    private readonly HashSet<string> _seen = [];
    private readonly CocoElements _elements = new(file);
    private string _description = "";

    private byte[] _buffer = new byte[FirstBuffer];
    private int _filled;
    private JsonReaderState _state;
    private Place _place = Place.Start;
    private string _property = "";

    private enum Place
    {
        Start,
        Properties,
        Elements,
        Skipping,
        End,
    }

    public async Task<CocoInstances> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await json.ReadAtLeastAsync(
                _buffer.AsMemory(_filled), _buffer.Length - _filled, throwOnEndOfStream: false, cancellationToken);
            _filled += read;
            var final = _filled < _buffer.Length;
            var consumed = Parse(final);
            if (final)
            {
                break;
            }

            Advance(consumed);
        }

        RequireCocoLists();
        return new CocoInstances(_images, _annotations, _categories) { Description = _description, Licenses = _licenses };
    }

    private void Advance(int consumed)
    {
        if (consumed == 0)
        {
            if (_buffer.Length >= LargestElement)
            {
                throw new CocoFormatException(file, Where(), $"one element is larger than {LargestElement >> 20} MiB.");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
            return;
        }

        _buffer.AsSpan(consumed.._filled).CopyTo(_buffer);
        _filled -= consumed;
    }

    private int Parse(bool final)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        var bytes = _buffer.AsSpan(0, _filled);
        var skipped = _place == Place.Start && bytes.StartsWith(byteOrderMark) ? byteOrderMark.Length : 0;
        var reader = new Utf8JsonReader(bytes[skipped..], final, _state);
        try
        {
            // A step that finds too little in the buffer is taken back, and taken again when there is more.
            var before = reader;
            while (Step(ref reader))
            {
                before = reader;
            }

            _state = before.CurrentState;
            return skipped + (int)before.BytesConsumed;
        }
        catch (JsonException e)
        {
            throw new CocoFormatException(
                file, Where(), $"not valid JSON in line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {e.Message.Split(" LineNumber:")[0]}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new CocoFormatException(file, Where(), "text that is not valid Unicode.", e);
        }
    }

    private bool Step(ref Utf8JsonReader reader) => _place switch
    {
        Place.Start => Begin(ref reader),
        Place.Properties => EnterProperty(ref reader),
        Place.Elements => TakeElement(ref reader),
        Place.Skipping => Skip(ref reader),
        _ => reader.Read(),
    };

    private bool Begin(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw NotCoco("it is no JSON object");
        }

        _place = Place.Properties;
        return true;
    }

    private bool EnterProperty(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType == JsonTokenType.EndObject)
        {
            _place = Place.End;
            return true;
        }

        var property = reader.GetString()!;
        if (property is "info")
        {
            var whole = reader;
            if (!whole.Read() || !whole.TrySkip())
            {
                return false;
            }

            reader.Read();
            _description = _elements.Description(ref reader);
            return true;
        }

        if (property is "images" or "annotations" or "categories" or "licenses")
        {
            if (!reader.Read())
            {
                return false;
            }

            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new CocoFormatException(file, property, "expected a list.");
            }

            if (!_seen.Add(property))
            {
                throw new CocoFormatException(file, property, "occurs twice.");
            }

            (_place, _property) = (Place.Elements, property);
            return true;
        }

        (_place, _property) = (Place.Skipping, property);
        return true;
    }

    // Token by token, so that a large list nobody needs is never whole in memory.
    private bool Skip(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            return false;
        }

        if (reader.CurrentDepth == 1 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            (_place, _property) = (Place.Properties, "");
        }

        return true;
    }

    private bool TakeElement(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType == JsonTokenType.EndArray)
        {
            (_place, _property) = (Place.Properties, "");
            return true;
        }

        var whole = reader;
        if (!whole.TrySkip())
        {
            return false;
        }

        switch (_property)
        {
            case "images":
                _images.Add(_elements.Image(ref reader, Where()));
                break;
            case "annotations":
                _annotations.Add(_elements.Annotation(ref reader, Where()));
                break;
            case "categories":
                _categories.Add(_elements.Category(ref reader, Where()));
                break;
            default:
                _licenses.Add(_elements.License(ref reader, Where()));
                break;
        }

        return true;
    }

    private string Where() => (_place, _property) switch
    {
        (Place.Elements, "images") => $"images[{_images.Count}]",
        (Place.Elements, "annotations") => $"annotations[{_annotations.Count}]",
        (Place.Elements, "categories") => $"categories[{_categories.Count}]",
        (Place.Elements, "licenses") => $"licenses[{_licenses.Count}]",
        _ => _property,
    };

    private void RequireCocoLists()
    {
        var missing = ((string[])["images", "annotations", "categories"]).Where(list => !_seen.Contains(list)).ToList();
        if (missing.Count > 0)
        {
            throw NotCoco($"it has no {string.Join(", no ", missing)}");
        }
    }

    private CocoFormatException NotCoco(string because) => new(
        file,
        "",
        $"this is JSON, but not a COCO instances file: {because}. Expected an object with the lists images, annotations and categories.");
}
