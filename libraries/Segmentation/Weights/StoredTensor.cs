using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>Element types of a safetensors file that networks use, by the format's own names.</summary>
public enum StoredType
{
    /// <summary>32-bit IEEE 754 float.</summary>
    F32,

    /// <summary>64-bit IEEE 754 float.</summary>
    F64,

    /// <summary>16-bit IEEE 754 float.</summary>
    F16,

    /// <summary>bfloat16: the upper half of a 32-bit float.</summary>
    BF16,

    /// <summary>64-bit signed integer.</summary>
    I64,

    /// <summary>32-bit signed integer.</summary>
    I32,

    /// <summary>8-bit unsigned integer.</summary>
    U8,
}

/// <summary>A tensor as it lies in a file.</summary>
/// <param name="Name">State-dict key, e.g. <c>backbone.0.0.weight</c>.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sides; empty for a scalar.</param>
/// <param name="Data">Elements, row-major, little-endian.</param>
public sealed record StoredTensor(string Name, StoredType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>Bytes that a tensor takes; null when a side is negative or the product leaves 64 bits.</summary>
    internal static long? CountBytes(StoredType type, IReadOnlyList<long> shape)
    {
        long bytes = type switch
        {
            StoredType.F64 or StoredType.I64 => 8,
            StoredType.F32 or StoredType.I32 => 4,
            StoredType.F16 or StoredType.BF16 => 2,
            _ => 1,
        };
        foreach (var side in shape)
        {
            if (side < 0 || Math.BigMul(bytes, side, out bytes) != 0 || bytes < 0)
            {
                return null;
            }
        }

        return bytes;
    }

    /// <summary>How a tensor's elements are stored.</summary>
    /// <exception cref="InvalidOperationException">Networks and their training hold none of this type.</exception>
    internal static StoredType TypeOf(Tensor tensor) => tensor.dtype switch
    {
        ScalarType.Float32 => StoredType.F32,
        ScalarType.Int64 => StoredType.I64,
        var other => throw new InvalidOperationException($"A tensor has type {other}; networks here hold 32-bit floats and 64-bit counters."),
    };

    /// <summary>Copies the elements into a tensor of the same shape, whatever its memory order and device.</summary>
    /// <param name="target">The tensor.</param>
    /// <param name="file">What messages call the file.</param>
    /// <exception cref="WeightsFormatException">Its shape is another.</exception>
    internal void CopyInto(Tensor target, string file)
    {
        if (!Shape.SequenceEqual(target.shape))
        {
            throw new WeightsFormatException(
                $"Tensor {Name} of {file} has shape [{string.Join(", ", Shape)}]; expected [{string.Join(", ", target.shape)}].");
        }

        using var source = ToTensor();
        target.copy_(source);
    }

    /// <summary>The same as a tensor on the CPU.</summary>
    internal Tensor ToTensor()
    {
        var tensor = empty([.. Shape], dtype: Type switch
        {
            StoredType.F32 => ScalarType.Float32,
            StoredType.F64 => ScalarType.Float64,
            StoredType.F16 => ScalarType.Float16,
            StoredType.BF16 => ScalarType.BFloat16,
            StoredType.I64 => ScalarType.Int64,
            StoredType.I32 => ScalarType.Int32,
            _ => ScalarType.Byte,
        });
        Data.Span.CopyTo(tensor.bytes);
        return tensor;
    }
}
