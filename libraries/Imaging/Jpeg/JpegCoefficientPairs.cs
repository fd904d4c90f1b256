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
    private const int StepStart = 8;
    private const int FirstStart = 16;
    private const int SecondStart = 40;
    private const ulong ValueMask = 0xFFFF;

    // Further than any block reaches.
    private const ulong None = (Coefficients + 1) << StepStart | Coefficients << FirstStart;
    private const ulong End = Coefficients << StepStart | EndFlag;
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
                : first + (uint)Length(second) + ((ulong)Step(second) << StepStart) + ((ulong)(ushort)First(second) << SecondStart | (second & EndFlag));
        }
    }

    /// <summary>The first of all pairs.</summary>
    public ref ulong Start => ref MemoryMarshal.GetArrayDataReference(_pairs);

    /// <summary>What bits begin with.</summary>
    /// <param name="pairs">All pairs.</param>
    /// <param name="bits">The bits, the first one highest.</param>
    /// <returns>One whose first step leads out of the block when not even one code with its number is within sight.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Find(ref ulong pairs, ulong bits) => Unsafe.Add(ref pairs, (nint)(bits >> (64 - Bits)));

    /// <summary>Bits of all.</summary>
    public static int Length(ulong pair) => (int)(pair & 0xFF);

    /// <summary>The bits behind it.</summary>
    // A shift takes no more than six bits of its count, which spares it to wait for the length alone.
    public static ulong Pass(ulong pair, ulong bits) => bits << (int)pair;

    /// <summary>How far all of it leads; out of the block when the block ends with it.</summary>
    public static int Step(ulong pair) => (int)(pair >> StepStart) & 0xFF;

    /// <summary>How far the first coefficient is from the one before; 0 when the block ends.</summary>
    public static int FirstStep(ulong pair) => (int)(pair >> FirstStart) & 0xFF;

    /// <summary>The first coefficient, or 0.</summary>
    public static short First(ulong pair) => (short)(pair >> (FirstStart + 8));

    /// <summary>The second coefficient, or 0.</summary>
    public static short Second(ulong pair) => (short)(pair >> SecondStart);

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
            return End | (uint)JpegHuffmanTable.All(entry);
        }

        var value = (ushort)JpegHuffmanTable.Number(bits << JpegHuffmanTable.Length(entry), size);
        return (ulong)value << (FirstStart + 8) | (ulong)(run + 1) << FirstStart | (ulong)(run + 1) << StepStart | (uint)JpegHuffmanTable.All(entry);
    }
}
