using System.Runtime.CompilerServices;

namespace Maskwright.Imaging;

/// <summary>One Huffman table of a JPEG (ITU-T T.81, annex C): codes of up to 16 bits, each with a symbol of run and size.</summary>
internal sealed class JpegHuffmanTable
{
    private const int LongestCode = 16;
    private const int FastBits = JpegCoefficientPairs.Bits;

    private readonly int[] _fast = new int[1 << FastBits];
    // The first code of 16 bits behind those of each length, and what leads from a code to its symbol.
    private readonly int[] _limits = new int[LongestCode + 1];
    private readonly int[] _offsets = new int[LongestCode + 1];
    private readonly byte[] _symbols;
    private JpegCoefficientPairs? _pairs;

    /// <param name="counts">How many codes there are of each length, from 1 to 16.</param>
    /// <param name="symbols">Their symbols, by ascending code.</param>
    /// <exception cref="InvalidDataException">There are more codes than a length has room for.</exception>
    public JpegHuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        _symbols = symbols.ToArray();
        var (code, at) = (0, 0);
        for (var length = 1; length <= LongestCode; length++)
        {
            _offsets[length] = at - code;
            for (var left = counts[length - 1]; left > 0; left--, code++, at++)
            {
                if (code >= 1 << length)
                {
                    throw new InvalidDataException("a Huffman table has more codes than fit");
                }

                if (length <= FastBits)
                {
                    _fast.AsSpan(code << (FastBits - length), 1 << (FastBits - length)).Fill(Entry(symbols[at], length));
                }
            }

            _limits[length] = code << (LongestCode - length);
            code <<= 1;
        }
    }

    /// <summary>Two coefficients at once.</summary>
    public JpegCoefficientPairs Pairs
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _pairs ?? MakePairs();
    }

    /// <summary>The code that bits begin with.</summary>
    /// <param name="bits">The bits, the first one highest.</param>
    /// <returns>Length, length and size together, size, and run in one number.</returns>
    /// <exception cref="InvalidDataException">There is no such code.</exception>
    public int Find(ulong bits)
    {
        var entry = FindShort(bits);
        return entry != 0 ? entry : FindLong((int)(bits >> (64 - LongestCode)));
    }

    /// <summary>The code that bits begin with; 0 when there is none of so few bits as <see cref="JpegCoefficientPairs"/> sees.</summary>
    public int FindShort(ulong bits) => _fast[bits >> (64 - FastBits)];

    /// <summary>The number that bits begin with (ITU-T T.81, F.2.2.1): one that begins with 0 is negative.</summary>
    /// <param name="bits">The bits, the first one highest.</param>
    /// <param name="size">How many of them, 0 to 15.</param>
    public static int Number(ulong bits, int size) => (int)(bits >> 1 >> (63 - size)) + ((int)(~(long)bits >> 63) & (1 - (1 << size)));

    /// <summary>Bits of the code and of the number that follows it.</summary>
    public static int All(int entry) => entry & 0xFF;

    /// <summary>Bits of the code.</summary>
    public static int Length(int entry) => (entry >> 8) & 0xFF;

    /// <summary>Low four bits of the symbol: bits of the number that follows.</summary>
    public static int Size(int entry) => (entry >> 16) & 0xFF;

    /// <summary>High four bits of the symbol.</summary>
    public static int Run(int entry) => entry >> 24;

    private static int Entry(byte symbol, int length) => (symbol >> 4) << 24 | (symbol & 15) << 16 | length << 8 | (length + (symbol & 15));

    private JpegCoefficientPairs MakePairs() => _pairs = new JpegCoefficientPairs(this);

    private int FindLong(int code)
    {
        for (var length = FastBits + 1; length <= LongestCode; length++)
        {
            if (code < _limits[length])
            {
                return Entry(_symbols[(code >> (LongestCode - length)) + _offsets[length]], length);
            }
        }

        throw new InvalidDataException("it has a code that its table does not have");
    }
}
