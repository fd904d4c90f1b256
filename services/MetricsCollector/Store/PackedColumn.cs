using System.Buffers;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Columns of integers as differences from each to the next, each as a variable-length zigzag number (7 bits a byte, as in
/// protocol buffers). Differences wrap around, so that every column comes back as it was.
/// </summary>
internal static class PackedColumn
{
    private const int MaxVarintBytes = 10;

    /// <summary>Writes a column whose differences vary.</summary>
    public static void Write(IBufferWriter<byte> writer, ReadOnlySpan<long> column)
    {
        var before = 0L;
        foreach (var value in column)
        {
            WriteVarint(writer, ZigZag(unchecked(value - before)));
            before = value;
        }
    }

    /// <summary>Writes a column whose differences mostly repeat: each with the number of its repetitions.</summary>
    public static void WriteRuns(IBufferWriter<byte> writer, ReadOnlySpan<long> column)
    {
        for (var i = 0; i < column.Length;)
        {
            var difference = Difference(column, i);
            var end = i + 1;
            while (end < column.Length && Difference(column, end) == difference)
                end++;
            WriteVarint(writer, ZigZag(difference));
            WriteVarint(writer, (ulong)(end - i));
            i = end;
        }
    }

    /// <summary>Reads a whole column and takes it off <paramref name="bytes"/>.</summary>
    /// <exception cref="IndexOutOfRangeException">The bytes end before.</exception>
    public static void Read(ref ReadOnlySpan<byte> bytes, Span<long> column)
    {
        var value = 0L;
        var position = 0;
        for (var i = 0; i < column.Length; i++)
            column[i] = value = unchecked(value + ReadDifference(bytes, ref position));
        bytes = bytes[position..];
    }

    /// <inheritdoc cref="Read"/>
    /// <exception cref="ArgumentException">A run is longer than the column.</exception>
    public static void ReadRuns(ref ReadOnlySpan<byte> bytes, Span<long> column)
    {
        var value = 0L;
        var position = 0;
        for (var i = 0; i < column.Length;)
        {
            var difference = ReadDifference(bytes, ref position);
            var length = ReadVarint(bytes, ref position);
            if (length == 0 || length > (ulong)(column.Length - i))
                throw new ArgumentException($"A run of {length} does not fit.", nameof(bytes));
            for (var end = i + (int)length; i < end; i++)
                column[i] = value = unchecked(value + difference);
        }

        bytes = bytes[position..];
    }

    private static long Difference(ReadOnlySpan<long> column, int index) =>
        unchecked(column[index] - (index > 0 ? column[index - 1] : 0));

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static void WriteVarint(IBufferWriter<byte> writer, ulong value)
    {
        var span = writer.GetSpan(MaxVarintBytes);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
            span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        writer.Advance(length);
    }

    private static long ReadDifference(ReadOnlySpan<byte> bytes, ref int position)
    {
        var number = ReadVarint(bytes, ref position);
        return (long)(number >> 1) ^ -(long)(number & 1);
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int position)
    {
        var value = 0UL;
        for (var shift = 0; shift < 7 * MaxVarintBytes; shift += 7)
        {
            var next = bytes[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new ArgumentException("A number does not end.", nameof(bytes));
    }
}
