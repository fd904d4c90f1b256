using System.Buffers;
using System.Text.Json;

namespace Maskwright.Imaging;

/// <summary>
/// Walks the top level of a COCO file and shows each element, once it is whole in the buffer, to a visitor. Memory is
/// bounded by the largest single element, not by the file. What nobody needs is skipped token by token.
/// </summary>
internal sealed class CocoJsonReader(Stream json, string file, CocoVisitor visitor)
{
    private const int FirstBuffer = 1 << 18;
    private const int LargestElement = 1 << 26;

    private static readonly SearchValues<byte> ScalarEnd = SearchValues.Create(",}] \n\r\t"u8);

    private readonly Dictionary<string, int> _lists = [];
    private readonly CocoElements _elements = new(file);
    private readonly CocoAnnotationText _annotations = new(visitor.DefersOutlines);

    private byte[] _buffer = [];
    private int _filled;
    private long _lines;
    private long _column;
    private JsonReaderState _skipping;
    private (long Line, long Column) _skippedFrom;
    private Expect _expect = Expect.Start;
    private string _property = "";

    private enum Expect
    {
        Start,
        FirstName,
        Name,
        Value,
        CommaOrEnd,
        FirstElement,
        Element,
        ElementCommaOrEnd,
        RestOfValue,
        Nothing,
    }

    /// <summary>Reads the file to its end.</summary>
    /// <exception cref="CocoFormatException">Not JSON, not COCO, or an element is wrong and the visitor did not take that.</exception>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var final = false;
            while (!final)
            {
                _filled += await json.ReadAtLeastAsync(
                    _buffer.AsMemory(_filled), _buffer.Length - _filled, throwOnEndOfStream: false, cancellationToken);
                final = _filled < _buffer.Length;
                Advance(Walk(_buffer.AsSpan(0, _filled), final));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        RequireCocoLists();
    }

    private void Advance(int consumed)
    {
        if (consumed == 0 && _filled == _buffer.Length)
        {
            if (_buffer.Length >= LargestElement)
            {
                throw new CocoFormatException(file, Where(), $"one element is larger than {LargestElement >> 20} MiB.");
            }

            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _filled).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
            return;
        }

        (_lines, _column) = PositionAt(_buffer, consumed);
        _buffer.AsSpan(consumed.._filled).CopyTo(_buffer);
        _filled -= consumed;
    }

    // Line and column, from 0, of a byte of the buffer.
    private (long Line, long Column) PositionAt(ReadOnlySpan<byte> bytes, int at)
    {
        var before = bytes[..at];
        var last = before.LastIndexOf((byte)'\n');
        return last < 0 ? (_lines, _column + at) : (_lines + before.Count((byte)'\n'), at - last - 1);
    }

    private int Walk(ReadOnlySpan<byte> bytes, bool final)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        var at = _expect == Expect.Start && bytes.StartsWith(byteOrderMark) ? byteOrderMark.Length : 0;
        while (true)
        {
            // Within a value the general reader counts the lines itself.
            at = _expect == Expect.RestOfValue ? at : JsonBytes.SkipSpace(bytes, at);
            if (at == bytes.Length)
            {
                return final && _expect != Expect.Nothing ? throw CutOff(bytes, at) : at;
            }

            var start = at;
            // A step that finds too little in the buffer is taken again when there is more.
            if (!Step(bytes, ref at, final))
            {
                return final ? throw CutOff(bytes, start) : start;
            }
        }
    }

    private bool Step(ReadOnlySpan<byte> bytes, ref int at, bool final)
    {
        switch (_expect)
        {
            case Expect.Start:
                if (bytes[at] != (byte)'{')
                {
                    throw bytes[at] is (byte)'[' or (byte)'"' ? NotCoco("it is no JSON object") : Malformed(bytes, at, "expected an object");
                }

                at++;
                _expect = Expect.FirstName;
                return true;
            case Expect.FirstName when bytes[at] == (byte)'}':
            case Expect.CommaOrEnd when bytes[at] == (byte)'}':
                at++;
                _expect = Expect.Nothing;
                return true;
            case Expect.CommaOrEnd:
                Take(bytes, ref at, (byte)',', Expect.Name);
                return true;
            case Expect.FirstName or Expect.Name:
                return TakeName(bytes, ref at);
            case Expect.Value:
                return EnterValue(bytes, ref at);
            case Expect.RestOfValue:
                return SkipValue(bytes, ref at, final);
            case Expect.FirstElement when bytes[at] == (byte)']':
            case Expect.ElementCommaOrEnd when bytes[at] == (byte)']':
                at++;
                (_expect, _property) = (Expect.CommaOrEnd, "");
                return true;
            case Expect.ElementCommaOrEnd:
                Take(bytes, ref at, (byte)',', Expect.Element);
                return true;
            case Expect.FirstElement or Expect.Element:
                return TakeElement(bytes, ref at);
            default:
                throw Malformed(bytes, at, $"expected nothing more, not '{(char)bytes[at]}'");
        }
    }

    private void Take(ReadOnlySpan<byte> bytes, ref int at, byte expected, Expect next)
    {
        if (bytes[at] != expected)
        {
            throw Malformed(bytes, at, $"expected '{(char)expected}', not '{(char)bytes[at]}'");
        }

        at++;
        _expect = next;
    }

    private bool TakeName(ReadOnlySpan<byte> bytes, ref int at)
    {
        if (bytes[at] != (byte)'"')
        {
            throw Malformed(bytes, at, "expected a property name");
        }

        var length = JsonBytes.StringLength(bytes[at..]);
        var colon = length < 0 ? bytes.Length : JsonBytes.SkipSpace(bytes, at + length);
        if (colon == bytes.Length)
        {
            return false;
        }

        Parse(bytes, at, length, (_, ref reader) => _property = reader.GetString()!);
        at = colon;
        Take(bytes, ref at, (byte)':', Expect.Value);
        return true;
    }

    private bool EnterValue(ReadOnlySpan<byte> bytes, ref int at)
    {
        switch (_property)
        {
            case "info" when bytes[at] == (byte)'{':
                var length = JsonBytes.ObjectLength(bytes[at..]);
                if (length < 0)
                {
                    return false;
                }

                Parse(bytes, at, length, (_, ref reader) => visitor.Description(_elements.Description(ref reader)));
                at += length;
                (_expect, _property) = (Expect.CommaOrEnd, "");
                return true;
            case "images" or "annotations" or "categories" or "licenses":
                if (bytes[at] != (byte)'[')
                {
                    throw new CocoFormatException(file, _property, "expected a list.");
                }

                if (!_lists.TryAdd(_property, 0))
                {
                    throw new CocoFormatException(file, _property, "occurs twice.");
                }

                at++;
                _expect = Expect.FirstElement;
                return true;
            default:
                if (bytes[at] is not ((byte)'{' or (byte)'['))
                {
                    return SkipScalar(bytes, ref at);
                }

                _skipping = default;
                _skippedFrom = PositionAt(bytes, at);
                _expect = Expect.RestOfValue;
                return true;
        }
    }

    // Token by token, so that a large list nobody needs is never whole in memory.
    private bool SkipValue(ReadOnlySpan<byte> bytes, ref int at, bool final)
    {
        var reader = new Utf8JsonReader(bytes[at..], final, _skipping);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    at += (int)reader.BytesConsumed;
                    (_expect, _property) = (Expect.CommaOrEnd, "");
                    return true;
                }
            }
        }
        catch (JsonException e)
        {
            throw Malformed(_skippedFrom, e);
        }

        _skipping = reader.CurrentState;
        at += (int)reader.BytesConsumed;
        return reader.BytesConsumed > 0 && !final;
    }

    private bool SkipScalar(ReadOnlySpan<byte> bytes, ref int at)
    {
        var length = bytes[at] == (byte)'"' ? JsonBytes.StringLength(bytes[at..]) : bytes[at..].IndexOfAny(ScalarEnd);
        if (length < 0)
        {
            return false;
        }

        Parse(bytes, at, length, (_, ref _) => { });
        at += length;
        (_expect, _property) = (Expect.CommaOrEnd, "");
        return true;
    }

    private bool TakeElement(ReadOnlySpan<byte> bytes, ref int at)
    {
        if (bytes[at] != (byte)'{')
        {
            throw bytes[at] is (byte)'}' or (byte)']' or (byte)',' ? Malformed(bytes, at, "expected an element") : new CocoFormatException(file, Where(), "expected an object.");
        }

        var length = JsonBytes.ObjectLength(bytes[at..]);
        if (length < 0)
        {
            return false;
        }

        if (_property != "annotations" || !TryShowAnnotation(bytes.Slice(at, length)))
        {
            try
            {
                Parse(bytes, at, length, ShowElement);
            }
            catch (CocoFormatException e) when (e.InnerException is not JsonException)
            {
                visitor.Reject(e);
            }
        }

        _lists[_property]++;
        at += length;
        _expect = Expect.ElementCommaOrEnd;
        return true;
    }

    private bool TryShowAnnotation(ReadOnlySpan<byte> element)
    {
        if (!_annotations.TryRead(element, out var annotation))
        {
            return false;
        }

        visitor.Annotation(annotation);
        return true;
    }

    private void ShowElement(ReadOnlySpan<byte> bytes, ref Utf8JsonReader reader)
    {
        switch (_property)
        {
            case "images":
                visitor.Image(_elements.Image(ref reader, Where()));
                break;
            case "annotations":
                visitor.Annotation(_elements.Annotation(bytes, ref reader, Where()));
                break;
            case "categories":
                visitor.Category(_elements.Category(ref reader, Where()));
                break;
            default:
                visitor.License(_elements.License(ref reader, Where()));
                break;
        }
    }

    private delegate void ReadValue(ReadOnlySpan<byte> bytes, ref Utf8JsonReader reader);

    // Reads one whole value, its first token taken.
    private void Parse(ReadOnlySpan<byte> bytes, int at, int length, ReadValue read)
    {
        try
        {
            var value = bytes.Slice(at, length);
            var whole = new Utf8JsonReader(value);
            // An error of form anywhere in the value goes before any other.
            var reader = whole;
            while (whole.Read())
            {
            }

            reader.Read();
            read(value, ref reader);
        }
        catch (JsonException e)
        {
            throw Malformed(PositionAt(bytes, at), e);
        }
        catch (InvalidOperationException e)
        {
            throw new CocoFormatException(file, Where(), "text that is not valid Unicode.", e);
        }
    }

    private string Where() => _lists.TryGetValue(_property, out var index) ? $"{_property}[{index}]" : _property;

    private void RequireCocoLists()
    {
        var missing = ((string[])["images", "annotations", "categories"]).Where(list => !_lists.ContainsKey(list)).ToList();
        if (missing.Count > 0)
        {
            throw NotCoco($"it has no {string.Join(", no ", missing)}");
        }
    }

    private CocoFormatException CutOff(ReadOnlySpan<byte> bytes, int at) =>
        Malformed(bytes, at, _expect == Expect.Start ? "the file is empty" : "the file is cut off here");

    private CocoFormatException Malformed(ReadOnlySpan<byte> bytes, int at, string why) => Malformed(PositionAt(bytes, at), why, inner: null);

    private CocoFormatException Malformed((long Line, long Column) start, JsonException e)
    {
        var (line, column) = (e.LineNumber ?? 0, e.BytePositionInLine ?? 0);
        return Malformed((start.Line + line, line == 0 ? start.Column + column : column), e.Message.Split(" LineNumber:")[0].TrimEnd('.'), e);
    }

    private CocoFormatException Malformed((long Line, long Column) place, string why, JsonException? inner) =>
        new(file, Where(), $"not valid JSON in line {place.Line + 1}, byte {place.Column + 1}: {why}.", inner);

    private CocoFormatException NotCoco(string because) => new(
        file,
        "",
        $"this is JSON, but not a COCO instances file: {because}. Expected an object with the lists images, annotations and categories.");
}
