using FsCheck.Xunit;

namespace Maskwright.Imaging.Tests;

public sealed class JpegSequentialScanTests
{
    private const int Coefficients = 64;

    // The tables for luma of ITU-T T.81, annex K.3, cut short, and one by which most blocks have all of their coefficients.
    private static readonly JpegHuffmanTable Dc = new([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);

    private static readonly JpegHuffmanTable[] Ac =
    [
        new([0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0], [0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72, 0x82]),
        new([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [0x01, 0x11, 0x02, 0x21, 0x03, 0x00, 0xF0, 0x12, 0x0A, 0x22, 0x13, 0x2A, 0x31, 0x04, 0x0F, 0x14]),
    ];

    [Property(MaxTest = 60)]
    public bool Blocks_are_those_of_codes_read_one_by_one(int seed)
    {
        var coded = new byte[400];
#pragma warning disable CA5394 // Any bits will do.
        new Random(seed).NextBytes(coded);
#pragma warning restore CA5394
        // No markers: what follows them is another matter.
        byte[] data = [.. coded.Select(value => value == 0xFF ? (byte)0xFE : value), 0xFF, 0xD9];
        // Most bits soon fit no block: from wherever one begins, to there.
        return Enumerable.Range(0, coded.Length).All(start =>
            Ac.All(ac => Read(data[start..], ac, AtOnce).SequenceEqual(Read(data[start..], ac, OneByOne))));
    }

    private delegate int Reader(ref JpegBits bits, JpegHuffmanTable ac, ref int first, int[] block);

    // All that blocks are, until the data ends or does not fit.
    private static List<string> Read(byte[] data, JpegHuffmanTable ac, Reader read)
    {
        var bits = new JpegBits(data, 0);
        var told = new List<string>();
        var first = 0;
        try
        {
            while (true)
            {
                var block = new int[Coefficients];
                var last = read(ref bits, ac, ref first, block);
                bits.CheckNotPast();
                told.Add($"{first} {last} {8 * bits.At - bits.Count} {string.Join(' ', block)}");
            }
        }
        catch (InvalidDataException error)
        {
            told.Add(error.Message);
        }
        finally
        {
            bits.Dispose();
        }

        return told;
    }

    private static int AtOnce(ref JpegBits bits, JpegHuffmanTable ac, ref int first, int[] block)
    {
        var values = new Values(block);
        return JpegSequentialScan.ReadBlock(ref bits, Dc, ac, ref first, ref values);
    }

    private static int OneByOne(ref JpegBits bits, JpegHuffmanTable ac, ref int first, int[] block)
    {
        first += Number(ref bits, JpegHuffmanTable.Size(bits.Take(Dc)));
        var last = 0;
        while (last < Coefficients - 1)
        {
            var entry = bits.Take(ac);
            var (run, size) = (JpegHuffmanTable.Run(entry), JpegHuffmanTable.Size(entry));
            if (run == 0 && size == 0)
            {
                break;
            }

            last += run + 1;
            if (last >= Coefficients || (size == 0 && run != 15))
            {
                throw new InvalidDataException("a block has more coefficients than fit");
            }

            block[last] += Number(ref bits, size);
        }

        return last;
    }

    // One that begins with 0 is negative.
    private static int Number(ref JpegBits bits, int size)
    {
        var number = bits.Take(size);
        return size > 0 && number < 1 << (size - 1) ? number + 1 - (1 << size) : number;
    }

    private struct Values(int[] block) : IJpegCoefficients
    {
        public readonly void Add(int position, int value) => block[position] += value;
    }
}
