namespace Maskwright.Imaging;

/// <summary>
/// What the next bits of a block say, as far as they say it: up to two coefficients with the zeros before them, in one
/// look-up. Most coefficients take four or five bits, and it is the look-ups that take the time.
/// </summary>
internal sealed class JpegCoefficientPairs
{
    /// <summary>How many bits a look-up sees.</summary>
    public const int Bits = 11;

    private const int ZeroRun = 15;
    private const ulong EndFlag = 1UL << 56;

    private readonly ulong[] _pairs = new ulong[1 << Bits];

    /// <param name="table">A table for all coefficients but the first.</param>
    public JpegCoefficientPairs(JpegHuffmanTable table)
    {
        for (var i = 0; i < _pairs.Length; i++)
        {
            var (bits, left) = ((ulong)i << (64 - Bits), Bits);
            if (!TryTake(table, ref bits, ref left, out var step, out var value, out var isEnd))
            {
                continue;
            }

            var pair = (ulong)step << 8 | (ulong)(ushort)value << 16;
            if (!isEnd && TryTake(table, ref bits, ref left, out step, out value, out isEnd))
            {
                pair |= (ulong)step << 32 | (ulong)(ushort)value << 40;
            }

            _pairs[i] = pair | (isEnd ? EndFlag : 0) | (uint)(Bits - left);
        }
    }

    /// <summary>What bits begin with.</summary>
    /// <param name="bits">The bits, the first one highest.</param>
    /// <returns>0 when not even one code with its number is within sight.</returns>
    public ulong this[ulong bits] => _pairs[bits >> (64 - Bits)];

    /// <summary>Bits of all.</summary>
    public static int Length(ulong pair) => (int)(pair & 0xFF);

    /// <summary>How far the first coefficient is from the one before; 0 when the block ends.</summary>
    public static int FirstStep(ulong pair) => (int)(pair >> 8) & 0xFF;

    /// <summary>The first coefficient.</summary>
    public static short First(ulong pair) => (short)(pair >> 16);

    /// <summary>How far the second coefficient is from the first; 0 when there is none.</summary>
    public static int SecondStep(ulong pair) => (int)(pair >> 32) & 0xFF;

    /// <summary>The second coefficient, or 0.</summary>
    public static short Second(ulong pair) => (short)(pair >> 40);

    /// <summary>Whether the block ends there.</summary>
    public static bool IsEnd(ulong pair) => (pair & EndFlag) != 0;

    private static bool TryTake(JpegHuffmanTable table, ref ulong bits, ref int left, out int step, out int value, out bool isEnd)
    {
        var entry = table.FindShort(bits);
        var (run, size) = (JpegHuffmanTable.Run(entry), JpegHuffmanTable.Size(entry));
        (step, value, isEnd) = (0, 0, size == 0 && run == 0);
        if (entry == 0 || JpegHuffmanTable.All(entry) > left || (size == 0 && run is not (0 or ZeroRun)))
        {
            isEnd = false;
            return false;
        }

        step = isEnd ? 0 : run + 1;
        value = JpegHuffmanTable.Number(bits << JpegHuffmanTable.Length(entry), size);
        bits <<= JpegHuffmanTable.All(entry);
        left -= JpegHuffmanTable.All(entry);
        return true;
    }
}
