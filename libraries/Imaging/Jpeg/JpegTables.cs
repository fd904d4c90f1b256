using System.Buffers.Binary;

namespace Maskwright.Imaging;

/// <summary>The tables of a JPEG as its segments define them, one after the other (ITU-T T.81, B.2.4).</summary>
internal sealed class JpegTables
{
    private const int Tables = 4;
    private const int Coefficients = 64;

    private readonly int[]?[] _quantisation = new int[Tables][];
    private readonly JpegHuffmanTable?[] _huffman = new JpegHuffmanTable[2 * Tables];

    /// <summary>Blocks or units between restart markers; 0 for none.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>What coefficients are multiplied by, in the order in which they are coded.</summary>
    /// <exception cref="InvalidDataException">There is none of this number.</exception>
    public int[] Quantisation(int number) =>
        _quantisation[number] ?? throw new InvalidDataException($"it has no quantisation table {number}");

    /// <summary>A table for first coefficients.</summary>
    /// <exception cref="InvalidDataException">There is none of this number.</exception>
    public JpegHuffmanTable Dc(int number) => Huffman(number, isAc: false);

    /// <summary>A table for all other coefficients.</summary>
    /// <exception cref="InvalidDataException">There is none of this number.</exception>
    public JpegHuffmanTable Ac(int number) => Huffman(number, isAc: true);

    /// <summary>Takes a segment of quantisation tables.</summary>
    public void DefineQuantisation(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            var (number, bytes) = (segment[0] & 15, segment[0] >> 4 == 0 ? 1 : 2);
            Require(number < Tables && segment.Length > bytes * Coefficients, "quantisation");
            var table = new int[Coefficients];
            for (var i = 0; i < Coefficients; i++)
            {
                table[i] = bytes == 1 ? segment[1 + i] : BinaryPrimitives.ReadUInt16BigEndian(segment[(1 + 2 * i)..]);
            }

            _quantisation[number] = table;
            segment = segment[(1 + bytes * Coefficients)..];
        }
    }

    /// <summary>Takes a segment of Huffman tables.</summary>
    public void DefineHuffman(ReadOnlySpan<byte> segment)
    {
        const int lengths = 16;
        while (!segment.IsEmpty)
        {
            Require(segment.Length > lengths && (segment[0] & 15) < Tables && segment[0] >> 4 < 2, "Huffman");
            var counts = segment.Slice(1, lengths);
            var symbols = 0;
            foreach (var count in counts)
            {
                symbols += count;
            }

            Require(symbols <= 256 && segment.Length > lengths + symbols, "Huffman");
            _huffman[(segment[0] >> 4) * Tables + (segment[0] & 15)] = new JpegHuffmanTable(counts, segment.Slice(1 + lengths, symbols));
            segment = segment[(1 + lengths + symbols)..];
        }
    }

    /// <summary>Takes a restart interval.</summary>
    public void DefineRestart(ReadOnlySpan<byte> segment)
    {
        Require(segment.Length == 2, "restart");
        RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
    }

    private JpegHuffmanTable Huffman(int number, bool isAc) =>
        (number < Tables ? _huffman[(isAc ? Tables : 0) + number] : null)
        ?? throw new InvalidDataException($"it has no Huffman table {number}");

    private static void Require(bool isSound, string kind)
    {
        if (!isSound)
        {
            throw new InvalidDataException($"a {kind} segment is damaged");
        }
    }
}
