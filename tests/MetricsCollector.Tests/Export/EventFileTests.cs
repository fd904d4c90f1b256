using System.Buffers.Binary;
using Google.Protobuf;

namespace Maskwright.MetricsCollector.Tests;

public sealed class EventFileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Checksums_are_those_of_TFRecords()
    {
        // CRC-32C's check value (RFC 3720, B.4) is 0xE3069283; masked as tensorflow/tsl/lib/hash/crc32c.h says.
        EventFile.MaskedChecksum("123456789"u8).ShouldBe(((0xE3069283u >> 15) | (0xE3069283u << 17)) + 0xA282EAD8u);
        // The first twelve bytes of every event file that TensorFlow has written: an event of 24 bytes follows.
        EventFile.MaskedChecksum([0x18, 0, 0, 0, 0, 0, 0, 0]).ShouldBe(0x224B7FA3u);
    }

    [Fact]
    public async Task A_file_is_these_bytes()
    {
        using var stream = new MemoryStream();
        var file = new EventFile(stream);
        await file.BeginAsync(DateTimeOffset.UnixEpoch.AddSeconds(1.5), Cancel);
        await file.WriteScalarAsync(new StoredPoint("loss", 3, 1, DateTimeOffset.UnixEpoch.AddSeconds(2), 0.5), Cancel);
        var version = "09000000000000f83f" + "1a0d" + Convert.ToHexStringLower("brain.Event:2"u8);
        var scalar = "090000000000000040" + "1003" + "2a0d" + "0a0b" + "0a04" + Convert.ToHexStringLower("loss"u8) + "150000003f";
        var bytes = stream.ToArray();
        Convert.ToHexStringLower(bytes.AsSpan(0, 12)).ShouldBe("1800000000000000" + "a37f4b22");
        Convert.ToHexStringLower(bytes.AsSpan(12, 24)).ShouldBe(version);
        Convert.ToHexStringLower(bytes.AsSpan(12 + 24 + 4 + 12, scalar.Length / 2)).ShouldBe(scalar);
        Read(bytes).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Pictures_have_their_size_beside_them()
    {
        using var stream = new MemoryStream();
        await new EventFile(stream).WriteImageAsync("a/truth", 7, DateTimeOffset.UnixEpoch, (640, 480, 3), [1, 2, 3], Cancel);
        var record = Read(stream.ToArray()).ShouldHaveSingleItem();
        Convert.ToHexStringLower(record).ShouldBe(
            "1007" + "2a1a" + "0a18" + "0a07" + Convert.ToHexStringLower("a/truth"u8) + "220d" + "08e003" + "108005" + "1803" + "2203" + "010203");
    }

    /// <summary>The records of a file, their checksums checked by a table-free CRC of its own.</summary>
    internal static List<byte[]> Read(byte[] file)
    {
        var records = new List<byte[]>();
        for (var rest = file.AsSpan(); rest.Length > 0;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest);
            BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]).ShouldBe(Masked(rest[..8]));
            var data = rest.Slice(12, length);
            BinaryPrimitives.ReadUInt32LittleEndian(rest[(12 + length)..]).ShouldBe(Masked(data));
            records.Add(data.ToArray());
            rest = rest[(16 + length)..];
        }

        return records;
    }

    /// <summary>Tag, step and value of a record that holds a scalar, read field by field.</summary>
    internal static (string Tag, long Step, float Value)? Scalar(byte[] record)
    {
        var (tag, step, value, found) = ("", 0L, 0f, false);
        Walk(new CodedInputStream(record), (field, input) =>
        {
            if (field == 2)
                step = input.ReadInt64();
            else if (field == 5)
                Walk(input.ReadBytes().CreateCodedInput(), (_, summary) => Walk(summary.ReadBytes().CreateCodedInput(), (part, entry) =>
                {
                    if (part == 1)
                        tag = entry.ReadString();
                    else if (part == 2)
                        (value, found) = (entry.ReadFloat(), true);
                    else
                        entry.SkipLastField();
                }));
            else
                input.SkipLastField();
        });
        return found ? (tag, step, value) : null;
    }

    private static void Walk(CodedInputStream input, Action<int, CodedInputStream> take)
    {
        while (input.ReadTag() is var tag and not 0)
            take(WireFormat.GetTagFieldNumber(tag), input);
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0);
        }

        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
    }
}
