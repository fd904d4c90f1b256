using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
    private const int FirstStart = 8;
    private const int SecondStart = 32;
    // Step and value of a coefficient.
    private const ulong ValueMask = 0xFF_FF_FFUL << FirstStart;

    // Further than any block reaches.
    private const ulong None = Coefficients << 8;
    private const ulong Coefficients = 64;

    private readonly ulong[] _pairs = new ulong[1 << Bits];

    /// <param name="table">A table for all coefficients but the first.</param>
    public JpegCoefficientPairs(JpegHuffmanTable table)
    {
        Span<ulong> singles = stackalloc ulong[1 << Bits];
        for (var i = 0; i < singles.Length; i++)
        {
            singles[i] = Single(table, (ulong)i << (64 - Bits));
        }

        for (var i = 0; i < singles.Length; i++)
        {
            var first = singles[i];
            var second = singles[(i << Length(first)) & (singles.Length - 1)];
            // The second is there when it does not need bits beyond those in sight.
            _pairs[i] = first == None || IsEnd(first) || second == None || Length(first) + Length(second) > Bits
                ? first
                : (first | (second & ValueMask) << (SecondStart - FirstStart) | (second & EndFlag)) + (uint)Length(second);
        }
    }

    /// <summary>What bits begin with.</summary>
    /// <param name="bits">The bits, the first one highest.</param>
    /// <returns>One whose first step leads out of the block when not even one code with its number is within sight.</returns>
    public ulong this[ulong bits] => Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_pairs), (nint)(bits >> (64 - Bits)));

    /// <summary>Bits of all.</summary>
    public static int Length(ulong pair) => (int)(pair & 0xFF);

    /// <summary>How far the first coefficient is from the one before; 0 when the block ends.</summary>
    public static int FirstStep(ulong pair) => (int)(pair >> FirstStart) & 0xFF;

    /// <summary>The first coefficient, or 0.</summary>
    public static short First(ulong pair) => (short)(pair >> (FirstStart + 8));

    /// <summary>How far the second coefficient is from the first; 0 when there is none.</summary>
    public static int SecondStep(ulong pair) => (int)(pair >> SecondStart) & 0xFF;

    /// <summary>The second coefficient, or 0.</summary>
    public static short Second(ulong pair) => (short)(pair >> (SecondStart + 8));

    /// <summary>Whether the block ends there.</summary>
    public static bool IsEnd(ulong pair) => (pair & EndFlag) != 0;

    // The first coefficient alone.
    private static ulong Single(JpegHuffmanTable table, ulong bits)
    {
        var entry = table.FindShort(bits);
        var (run, size) = (JpegHuffmanTable.Run(entry), JpegHuffmanTable.Size(entry));
        if (entry == 0 || JpegHuffmanTable.All(entry) > Bits || (size == 0 && run is not (0 or ZeroRun)))
        {
            return None;
        }

        if (size == 0 && run == 0)
        {
            return EndFlag | (uint)JpegHuffmanTable.All(entry);
        }

        var value = (ushort)JpegHuffmanTable.Number(bits << JpegHuffmanTable.Length(entry), size);
        return (ulong)value << (FirstStart + 8) | (ulong)(run + 1) << FirstStart | (uint)JpegHuffmanTable.All(entry);
    }
}
