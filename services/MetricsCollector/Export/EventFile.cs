using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Maskwright.MetricsCollector.TensorBoard;

namespace Maskwright.MetricsCollector;

/// <summary>
/// TensorBoard's event files: TFRecords, each the length of an event, the checksum of that length, the event, and its checksum.
/// </summary>
internal sealed class EventFile(Stream destination)
{
    private const int LengthBytes = sizeof(ulong);
    private const int ChecksumBytes = sizeof(uint);

    // tensorflow/tsl/lib/hash/crc32c.h: a checksum stored beside what it is of would otherwise look like data.
    private const uint MaskDelta = 0xA282EAD8;

    /// <summary>Writes the event that every file begins with.</summary>
    public Task BeginAsync(DateTimeOffset time, CancellationToken cancellationToken) =>
        WriteAsync(new Event { WallTime = Seconds(time), FileVersion = "brain.Event:2" }, cancellationToken);

    /// <summary>Writes a value of a metric. TensorBoard's scalars have 32 bits.</summary>
    public Task WriteScalarAsync(StoredPoint point, CancellationToken cancellationToken) => WriteAsync(
        new Event
        {
            WallTime = Seconds(point.Time),
            Step = point.Step,
            Summary = new Summary { Value = { new Summary.Types.Value { Tag = point.Metric, SimpleValue = (float)point.Value } } },
        },
        cancellationToken);

    /// <summary>Writes an encoded picture.</summary>
    public Task WriteImageAsync(
        string tag, long step, DateTimeOffset time, (int Width, int Height, int Channels) size, byte[] encoded, CancellationToken cancellationToken) => WriteAsync(
        new Event
        {
            WallTime = Seconds(time),
            Step = step,
            Summary = new Summary
            {
                Value =
                {
                    new Summary.Types.Value
                    {
                        Tag = tag,
                        Image = new Summary.Types.Image
                        {
                            Width = size.Width,
                            Height = size.Height,
                            Colorspace = size.Channels,
                            EncodedImageString = UnsafeByteOperations.UnsafeWrap(encoded),
                        },
                    },
                },
            },
        },
        cancellationToken);

    /// <summary>The checksum of TFRecords: CRC-32C, rotated and shifted.</summary>
    internal static uint MaskedChecksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return unchecked(BitOperations.RotateRight(~crc, 15) + MaskDelta);
    }

    private static double Seconds(DateTimeOffset time) => Ticks.Of(time) / (double)TimeSpan.TicksPerSecond;

    private async Task WriteAsync(Event what, CancellationToken cancellationToken)
    {
        var size = what.CalculateSize();
        var record = new byte[LengthBytes + ChecksumBytes + size + ChecksumBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)size);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(LengthBytes), MaskedChecksum(record.AsSpan(0, LengthBytes)));
        var data = record.AsMemory(LengthBytes + ChecksumBytes, size);
        what.WriteTo(data.Span);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(record.Length - ChecksumBytes), MaskedChecksum(data.Span));
        await destination.WriteAsync(record, cancellationToken);
    }
}
