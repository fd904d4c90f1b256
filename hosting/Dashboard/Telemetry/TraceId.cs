using System.Buffers.Binary;
using System.Globalization;

namespace Maskwright.Dashboard.Telemetry;

/// <summary>Id of a trace: 16 bytes, not all zero; the default value stands for none.</summary>
/// <param name="Value">The bytes in network order.</param>
public readonly record struct TraceId(UInt128 Value)
{
    private const int Bytes = 16;

    /// <summary>Whether this stands for none.</summary>
    public bool IsNone => Value == UInt128.Zero;

    /// <summary>Reads the bytes of a message; none when there are not 16.</summary>
    public static TraceId From(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Bytes ? new TraceId(BinaryPrimitives.ReadUInt128BigEndian(bytes)) : default;

    /// <summary>Reads 32 hexadecimal digits.</summary>
    public static bool TryParse(string? text, out TraceId id)
    {
        id = default;
        if (text?.Length != 2 * Bytes || !UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return false;
        id = new TraceId(value);
        return !id.IsNone;
    }

    /// <summary>32 lower-case hexadecimal digits, as W3C trace context writes it.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>Id of a span in its trace: 8 bytes, not all zero; the default value stands for none.</summary>
/// <param name="Value">The bytes in network order.</param>
public readonly record struct SpanId(ulong Value)
{
    private const int Bytes = 8;

    /// <summary>Whether this stands for none.</summary>
    public bool IsNone => Value == 0;

    /// <summary>Reads the bytes of a message; none when there are not 8.</summary>
    public static SpanId From(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Bytes ? new SpanId(BinaryPrimitives.ReadUInt64BigEndian(bytes)) : default;

    /// <summary>Reads 16 hexadecimal digits.</summary>
    public static bool TryParse(string? text, out SpanId id)
    {
        id = default;
        if (text?.Length != 2 * Bytes || !ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return false;
        id = new SpanId(value);
        return !id.IsNone;
    }

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
