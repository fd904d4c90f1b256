using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;
using Maskwright.Metrics.V1;

namespace Maskwright.Trainer;

/// <summary>What a record of a segment is: its first byte; its message's length (4 bytes, little-endian) and the message follow.</summary>
internal enum SpoolRecord
{
    Point = 1,
    Image = 2,
    Line = 3,
}

/// <summary>A closed segment: what one process has reported in about a second. Its client and number make its delivery idempotent.</summary>
internal sealed class SpoolSegment
{
    private const int HeadBytes = 5;

    private SpoolSegment(string path) =>
        (Client, Number) = (Path.GetFileName(Path.GetDirectoryName(path))!, long.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));

    /// <summary>Who reported it; a later process has a name that sorts later.</summary>
    public string Client { get; }

    /// <summary>From 1, growing by client.</summary>
    public long Number { get; }

    public List<Point> Points { get; } = [];

    public List<ImageReference> Images { get; } = [];

    public List<TextEvent> Lines { get; } = [];

    /// <summary>Bytes at the end that are no whole record: the process was ended while it wrote them, or the file is damaged.</summary>
    public long Torn { get; private set; }

    /// <summary>Appends a record.</summary>
    public static void Append(MemoryStream segment, SpoolRecord kind, IMessage message)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], message.CalculateSize());
        segment.Write(head);
        message.WriteTo(segment);
    }

    /// <summary>Reads a segment.</summary>
    /// <returns>Null while it is still being written to.</returns>
    public static SpoolSegment? TryRead(string path)
    {
        byte[] records;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
            records = new byte[file.Length];
            file.ReadExactly(records);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }

        var segment = new SpoolSegment(path);
        int whole = 0;
        for (int length; (length = segment.TakeRecord(records.AsSpan(whole))) > 0;)
            whole += length;
        segment.Torn = records.Length - whole;
        return segment;
    }

    // The record's length; 0 where there is no whole one.
    private int TakeRecord(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < HeadBytes || BinaryPrimitives.ReadInt32LittleEndian(rest[1..]) is var size && (size < 0 || size > rest.Length - HeadBytes))
            return 0;
        var message = rest.Slice(HeadBytes, size);
        try
        {
            switch ((SpoolRecord)rest[0])
            {
                case SpoolRecord.Point:
                    Points.Add(Point.Parser.ParseFrom(message));
                    break;
                case SpoolRecord.Image:
                    Images.Add(ImageReference.Parser.ParseFrom(message));
                    break;
                case SpoolRecord.Line:
                    Lines.Add(TextEvent.Parser.ParseFrom(message));
                    break;
                default:
                    return 0;
            }
        }
        catch (InvalidProtocolBufferException)
        {
            return 0;
        }

        return HeadBytes + size;
    }
}
