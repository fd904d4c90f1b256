using System.Collections.Immutable;

namespace Maskwright.Segmentation;

/// <summary>
/// Makes tensors of the storages in a PyTorch file: the only things a pickle of weights may ask for besides plain containers.
/// </summary>
/// <param name="read">The bytes of the storage of a key; throws <see cref="FormatException"/> when there is none.</param>
/// <param name="maxCopiedBytes">How many bytes may be copied for tensors that do not lie in order.</param>
internal sealed class PyTorchStorages(Func<string, ReadOnlyMemory<byte>> read, long maxCopiedBytes)
{
    private const int MaxRank = 16;

    private static readonly ImmutableDictionary<string, StoredType> Types = new Dictionary<string, StoredType>(StringComparer.Ordinal)
    {
        ["FloatStorage"] = StoredType.F32,
        ["DoubleStorage"] = StoredType.F64,
        ["HalfStorage"] = StoredType.F16,
        ["BFloat16Storage"] = StoredType.BF16,
        ["LongStorage"] = StoredType.I64,
        ["IntStorage"] = StoredType.I32,
        ["ByteStorage"] = StoredType.U8,
    }.ToImmutableDictionary(StringComparer.Ordinal);

    private long _copied;

    /// <summary>The storage that a persistent id stands for.</summary>
    /// <exception cref="FormatException">It is none, or of a type that networks do not use.</exception>
    public object Load(object? persistentId)
    {
        if (persistentId is not object?[] parts || parts is not ["storage", PickleGlobal { Module: "torch" } storage, string key, string, long elements])
        {
            throw new FormatException("it refers to something that is no storage");
        }

        if (!Types.TryGetValue(storage.Name, out var type))
        {
            throw new FormatException($"it holds a {storage}; expected one of {string.Join(", ", Types.Keys.Order(StringComparer.Ordinal))}");
        }

        var bytes = read(key);
        return StoredTensor.CountBytes(type, [elements]) == bytes.Length
            ? new Storage(type, bytes)
            : throw new FormatException($"storage {key} has {bytes.Length} bytes, which {elements} elements of {type} do not take");
    }

    /// <summary>What a call of a global gives.</summary>
    /// <exception cref="FormatException">It is not one that weights need.</exception>
    public object? Call(PickleGlobal function, object?[] arguments) => (function.ToString(), arguments) switch
    {
        ("collections.OrderedDict", []) => new Dictionary<object, object?>(),
        ("torch._utils._rebuild_tensor_v2", [Storage storage, long offset, object?[] shape, object?[] strides, ..]) =>
            Tensor(storage, offset, Sides(shape), Sides(strides)),
        ("torch._utils._rebuild_parameter", [StoredTensor tensor, ..]) => tensor,
        _ => throw new FormatException(
            $"it asks for {function}, which weights do not need; nothing in it was run. Save only the weights: torch.save(model.state_dict(), path)"),
    };

    private static long[] Sides(object?[] tuple) => tuple.Length <= MaxRank
        ? [.. tuple.Select(side => side is long and >= 0 ? (long)side : throw new FormatException("a tensor's side or stride is no whole number of 0 or more"))]
        : throw new FormatException($"a tensor has {tuple.Length} sides");

    private StoredTensor Tensor(Storage storage, long offset, long[] shape, long[] strides)
    {
        var size = StoredTensor.CountBytes(storage.Type, []) ?? 0;
        var available = storage.Bytes.Length / size;
        if (shape.Length != strides.Length || StoredTensor.CountBytes(storage.Type, shape) is not { } bytes)
        {
            throw new FormatException($"a tensor has shape [{string.Join(", ", shape)}] and strides [{string.Join(", ", strides)}]");
        }

        // Neither beyond the storage, nor larger than it by counting elements twice.
        var last = (Int128)offset;
        for (var i = 0; i < shape.Length; i++)
        {
            last += (Int128)(shape[i] - 1) * strides[i];
        }

        if (offset < 0 || bytes / size > available || (bytes > 0 && last >= available))
        {
            throw new FormatException($"a tensor of shape [{string.Join(", ", shape)}] does not fit its storage of {available} elements");
        }

        var data = bytes == 0 ? default : LiesInOrder(shape, strides)
            ? storage.Bytes.Slice((int)(offset * size), (int)bytes)
            : Gather(storage.Bytes, (int)size, offset, shape, strides, (int)bytes);
        return new StoredTensor(string.Empty, storage.Type, shape, data);
    }

    private static bool LiesInOrder(long[] shape, long[] strides)
    {
        long expected = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] != 1 && strides[i] != expected)
            {
                return false;
            }

            expected *= shape[i];
        }

        return true;
    }

    private byte[] Gather(ReadOnlyMemory<byte> storage, int size, long offset, long[] shape, long[] strides, int bytes)
    {
        _copied += bytes;
        if (_copied > maxCopiedBytes)
        {
            throw new FormatException("its tensors overlap: they are larger than the file");
        }

        var result = new byte[bytes];
        var index = new long[shape.Length];
        var source = offset;
        for (var target = 0; target < bytes; target += size)
        {
            storage.Span.Slice((int)(source * size), size).CopyTo(result.AsSpan(target));
            for (var i = shape.Length - 1; i >= 0; i--)
            {
                source += strides[i];
                if (++index[i] < shape[i])
                {
                    break;
                }

                source -= strides[i] * shape[i];
                index[i] = 0;
            }
        }

        return result;
    }

    private sealed record Storage(StoredType Type, ReadOnlyMemory<byte> Bytes);
}
