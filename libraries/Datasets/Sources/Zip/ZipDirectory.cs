using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Maskwright.Datasets;

/// <summary>
/// Reads the central directory of a zip (PKWARE APPNOTE 6.3.10, zip64 included). The framework's own archive reads one
/// entry at a time and keeps some 300 bytes an entry for each reader; COCO has 118,000 of them in one file.
/// </summary>
internal static class ZipDirectory
{
    private const uint Zip64LocatorSignature = 0x07064b50;
    private const uint Zip64EndSignature = 0x06064b50;
    private const uint EntrySignature = 0x02014b50;
    private const int EndLength = 22;
    private const int LongestComment = ushort.MaxValue;
    private const int EntryLength = 46;
    private const int Zip64Extra = 1;
    private const int LargestDirectory = 1 << 29;

    /// <summary>The files of an archive by name. Names that are no plain relative paths are left out: nothing can ask for them.</summary>
    /// <exception cref="InvalidDataException">It is no zip, damaged, or names a file twice.</exception>
    public static Dictionary<string, ZipEntry> Read(SafeFileHandle archive)
    {
        var (count, offset, length) = Locate(archive, RandomAccess.GetLength(archive));
        var directory = Bytes(archive, offset, length);
        var entries = new Dictionary<string, ZipEntry>(StringComparer.Ordinal);
        var rest = directory.AsSpan();
        for (var i = 0L; i < count; i++)
        {
            var (name, entry) = Take(ref rest);
            if (RealPath.IsPlainRelative(name) && !entries.TryAdd(name, entry))
                throw new InvalidDataException($"the zip holds '{name}' twice");
        }

        return entries;
    }

    private static (long Count, long Offset, int Length) Locate(SafeFileHandle archive, long size)
    {
        var tailStart = Math.Max(0, size - EndLength - LongestComment);
        var tail = Bytes(archive, tailStart, size - tailStart);
        var end = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || tail.Length - end < EndLength)
            throw new InvalidDataException("this is no zip, or its end is missing; fetch the file again");
        var record = tail.AsSpan(end);
        long count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        if (count == ushort.MaxValue || length == uint.MaxValue || offset == uint.MaxValue)
            (count, length, offset) = Zip64(archive, tailStart + end, (count, length, offset));
        return offset >= 0 && length is >= 0 and <= LargestDirectory && offset <= size - length && count >= 0 && count <= length / EntryLength
            ? (count, offset, (int)length)
            : throw new InvalidDataException("the zip's directory does not lie within the file; fetch the file again");
    }

    private static (long Count, long Length, long Offset) Zip64(SafeFileHandle archive, long end, (long, long, long) classic)
    {
        const int locatorLength = 20;
        const int recordLength = 56;
        if (end < locatorLength)
            return classic;
        var locator = Bytes(archive, end - locatorLength, locatorLength);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != Zip64LocatorSignature)
            return classic;
        var at = BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8));
        if (at < 0 || at > end - locatorLength - recordLength)
            throw new InvalidDataException("the zip's 64-bit end record does not lie within the file; fetch the file again");
        var record = Bytes(archive, at, recordLength).AsSpan();
        return BinaryPrimitives.ReadUInt32LittleEndian(record) == Zip64EndSignature
            ? (BinaryPrimitives.ReadInt64LittleEndian(record[32..]), BinaryPrimitives.ReadInt64LittleEndian(record[40..]), BinaryPrimitives.ReadInt64LittleEndian(record[48..]))
            : throw new InvalidDataException("the zip's 64-bit end record is damaged; fetch the file again");
    }

    private static (string Name, ZipEntry Entry) Take(ref Span<byte> rest)
    {
        if (rest.Length < EntryLength || BinaryPrimitives.ReadUInt32LittleEndian(rest) != EntrySignature)
            throw Damaged();
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(rest[8..]);
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[28..]);
        var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[30..]);
        var total = EntryLength + nameLength + extraLength + BinaryPrimitives.ReadUInt16LittleEndian(rest[32..]);
        if (rest.Length < total)
            throw Damaged();
        // Without the flag the name is in an old code page, of which only the ASCII part is sure.
        var name = rest.Slice(EntryLength, nameLength);
        var text = (flags & 0x800) != 0 ? Encoding.UTF8.GetString(name) : Encoding.Latin1.GetString(name);
        var entry = WithZip64(
            new ZipEntry(
                BinaryPrimitives.ReadUInt32LittleEndian(rest[42..]),
                BinaryPrimitives.ReadUInt32LittleEndian(rest[20..]),
                BinaryPrimitives.ReadUInt32LittleEndian(rest[24..]),
                BinaryPrimitives.ReadUInt32LittleEndian(rest[16..]),
                BinaryPrimitives.ReadUInt16LittleEndian(rest[10..]),
                (flags & 1) != 0),
            rest.Slice(EntryLength + nameLength, extraLength));
        rest = rest[total..];
        return (text, entry);
    }

    // The extra field holds, in this order, only those of the three values that did not fit into 32 bits.
    private static ZipEntry WithZip64(ZipEntry entry, ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (extra.Length - 4 < length)
                throw Damaged();
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == Zip64Extra)
            {
                var values = extra.Slice(4, length);
                return entry with
                {
                    Length = entry.Length == uint.MaxValue ? Next(ref values) : entry.Length,
                    CompressedLength = entry.CompressedLength == uint.MaxValue ? Next(ref values) : entry.CompressedLength,
                    Offset = entry.Offset == uint.MaxValue ? Next(ref values) : entry.Offset,
                };
            }

            extra = extra[(4 + length)..];
        }

        return entry;

        static long Next(ref ReadOnlySpan<byte> values)
        {
            if (values.Length < sizeof(long))
                throw Damaged();
            var value = BinaryPrimitives.ReadInt64LittleEndian(values);
            values = values[sizeof(long)..];
            return value >= 0 ? value : throw Damaged();
        }
    }

    private static byte[] Bytes(SafeFileHandle archive, long offset, long length)
    {
        var bytes = new byte[length];
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(archive, bytes.AsSpan(done), offset + done);
            done += read > 0 ? read : throw Damaged();
        }

        return bytes;
    }

    private static InvalidDataException Damaged() => new("the zip's directory is damaged; fetch the file again");
}
