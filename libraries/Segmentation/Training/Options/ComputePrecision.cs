using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>What convolutions compute in.</summary>
public static class ComputePrecision
{
    /// <summary>32-bit floats.</summary>
    public const string Float32 = "float32";

    /// <summary>The upper half of 32-bit floats: their range, an eighth of their digits.</summary>
    public const string BFloat16 = "bfloat16";

    /// <summary>16-bit IEEE 754 floats, whose range needs a loss scaler.</summary>
    public const string Float16 = "float16";

    /// <summary>The names there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [Float32, BFloat16, Float16];

    /// <summary>The type that convolutions cast to, or null for none.</summary>
    internal static ScalarType? TypeOf(string name) => name switch
    {
        BFloat16 => ScalarType.BFloat16,
        Float16 => ScalarType.Float16,
        _ => null,
    };
}
