using System.Buffers.Binary;
using System.Text;

namespace Maskwright.Segmentation;

/// <summary>
/// Reads a pickle of protocol 2, the one <c>torch.save</c> writes, as far as weights need it: numbers, strings, tuples, lists,
/// dictionaries, and what <see cref="PyTorchStorages"/> knows. Every other opcode is refused, so that no file can make
/// anything happen but values (opcodes: Python's <c>Lib/pickletools.py</c>).
/// </summary>
internal sealed class RestrictedPickle(ReadOnlyMemory<byte> pickle, PyTorchStorages storages)
{
    private const byte HighestProtocol = 2;

    // A dictionary of a few thousand tensors takes some ten opcodes each.
    private const int MaxOpcodes = 4_000_000;

    private static readonly object Mark = new();

    private readonly List<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _position;

    /// <summary>The pickled value.</summary>
    /// <exception cref="FormatException">It is damaged, or holds what weights do not need.</exception>
    public object? Read()
    {
        for (var count = 0; count < MaxOpcodes; count++)
        {
            var opcode = Byte();
            if (opcode == (byte)'.')
            {
                return Pop();
            }

            Execute(opcode);
        }

        throw new FormatException($"it has more than {MaxOpcodes:N0} opcodes");
    }

    private void Execute(byte opcode)
    {
        switch (opcode)
        {
            case 0x80 when Byte() <= HighestProtocol:
                break;
            case (byte)'(':
                Push(Mark);
                break;
            case (byte)'}':
                Push(new Dictionary<object, object?>());
                break;
            case (byte)']':
                Push(new List<object?>());
                break;
            case (byte)')':
                Push(Array.Empty<object?>());
                break;
            case (byte)'t':
                Push(PopToMark());
                break;
            case 0x85:
                Push(PopLast(1));
                break;
            case 0x86:
                Push(PopLast(2));
                break;
            case 0x87:
                Push(PopLast(3));
                break;
            case (byte)'N':
                Push(null);
                break;
            case 0x88:
                Push(true);
                break;
            case 0x89:
                Push(false);
                break;
            case (byte)'K':
                Push((long)Byte());
                break;
            case (byte)'M':
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)));
                break;
            case (byte)'J':
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)));
                break;
            case 0x8a:
                Push(Long(Bytes(Byte())));
                break;
            case (byte)'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)));
                break;
            case (byte)'X':
                Push(Encoding.UTF8.GetString(Bytes(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)))));
                break;
            case (byte)'q':
                _memo[Byte()] = Peek();
                break;
            case (byte)'r':
                _memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))] = Peek();
                break;
            case (byte)'h':
                Push(Recall(Byte()));
                break;
            case (byte)'j':
                Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))));
                break;
            case (byte)'c':
                Push(new PickleGlobal(Line(), Line()));
                break;
            case (byte)'Q':
                Push(storages.Load(Pop()));
                break;
            case (byte)'R':
                var arguments = Pop<object?[]>();
                Push(storages.Call(Pop<PickleGlobal>(), arguments));
                break;
            case (byte)'b':
                // torch.save leaves the version numbers of modules as attributes of the dictionary: nothing that is needed.
                _ = Pop();
                _ = Require<Dictionary<object, object?>>(Peek());
                break;
            case (byte)'a':
                var item = Pop();
                Require<List<object?>>(Peek()).Add(item);
                break;
            case (byte)'e':
                var items = PopToMark();
                Require<List<object?>>(Peek()).AddRange(items);
                break;
            case (byte)'s':
                var pair = PopLast(2);
                Set(Require<Dictionary<object, object?>>(Peek()), pair);
                break;
            case (byte)'u':
                var pairs = PopToMark();
                Set(Require<Dictionary<object, object?>>(Peek()), pairs);
                break;
            default:
                throw new FormatException($"it holds opcode 0x{opcode:x2} at byte {_position - 1}, which weights do not need");
        }
    }

    private static void Set(Dictionary<object, object?> dictionary, object?[] pairs)
    {
        for (var i = 0; i + 1 < pairs.Length; i += 2)
        {
            dictionary[pairs[i] is string or long ? pairs[i]! : throw new FormatException("a dictionary's key is neither text nor a whole number")] = pairs[i + 1];
        }
    }

    private static long Long(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > sizeof(long))
        {
            throw new FormatException($"it holds a whole number of {bytes.Length} bytes");
        }

        // Two's complement, little-endian, as short as it can be.
        var value = bytes.Length > 0 && bytes[^1] >= 0x80 ? -1L : 0L;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        return value;
    }

    private static T Require<T>(object? value) => value is T expected
        ? expected
        : throw new FormatException($"it holds {value?.GetType().Name ?? "None"} where {typeof(T).Name} belongs");

    private void Push(object? value) => _stack.Add(value);

    private object? Peek() => _stack.Count > 0 ? _stack[^1] : throw new FormatException("its stack is empty");

    private T Pop<T>() => Require<T>(Pop());

    private object? Pop()
    {
        var value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return ReferenceEquals(value, Mark) ? throw new FormatException("a mark lies where a value belongs") : value;
    }

    private object?[] PopLast(int count)
    {
        var values = new object?[count];
        for (var i = count - 1; i >= 0; i--)
        {
            values[i] = Pop();
        }

        return values;
    }

    private object?[] PopToMark()
    {
        var mark = _stack.FindLastIndex(value => ReferenceEquals(value, Mark));
        if (mark < 0)
        {
            throw new FormatException("a mark is missing");
        }

        object?[] values = [.. _stack.Skip(mark + 1)];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    private object? Recall(uint index) =>
        _memo.TryGetValue(index, out var value) ? value : throw new FormatException($"it recalls value {index}, which it never kept");

    private byte Byte() => Bytes(1)[0];

    private ReadOnlySpan<byte> Bytes(long count)
    {
        if (count > pickle.Length - _position)
        {
            throw new FormatException("it ends in the middle");
        }

        var bytes = pickle.Span.Slice(_position, (int)count);
        _position += (int)count;
        return bytes;
    }

    private string Line()
    {
        var length = pickle.Span[_position..].IndexOf((byte)'\n');
        if (length < 0)
        {
            throw new FormatException("it ends in the middle");
        }

        var line = Encoding.UTF8.GetString(Bytes(length));
        _position++;
        return line;
    }
}

/// <summary>A function or class that a pickle names.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}
