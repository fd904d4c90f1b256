using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Maskwright.Imaging;

/// <summary>
/// What annotation files mostly consist of, taken straight from the bytes: the ends of elements, and plain numbers. A
/// method that meets anything unusual says so instead of judging it; the general reader then does.
/// </summary>
internal static class JsonBytes
{
    // Up to 15 digits and a power of ten up to 22 are exact as doubles, so that one division rounds correctly (Clinger 1990).
    private const int ExactDigits = 15;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("{}\""u8);
    private static readonly double[] PowersOfTen = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>The length of the object at the start, up to and with its closing brace; -1 when it does not end here.</summary>
    public static int ObjectLength(ReadOnlySpan<byte> bytes)
    {
        var depth = 0;
        for (var at = 0; ;)
        {
            var found = bytes[at..].IndexOfAny(Structure);
            if (found < 0)
            {
                return -1;
            }

            at += found;
            if (bytes[at] == (byte)'"')
            {
                var length = StringLength(bytes[at..]);
                if (length < 0)
                {
                    return -1;
                }

                at += length;
                continue;
            }

            depth += bytes[at] == (byte)'{' ? 1 : -1;
            at++;
            if (depth == 0)
            {
                return at;
            }
        }
    }

    /// <summary>The length of the string at the start with its quotes; -1 when it does not end here.</summary>
    public static int StringLength(ReadOnlySpan<byte> bytes)
    {
        for (var at = 1; ;)
        {
            var found = bytes[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
            {
                return -1;
            }

            at += found;
            if (bytes[at] == (byte)'"')
            {
                return at + 1;
            }

            at += 2;
            if (at > bytes.Length)
            {
                return -1;
            }
        }
    }

    /// <summary>Where the first byte that is no white space is, from a place on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipSpace(ReadOnlySpan<byte> bytes, int at) =>
        (uint)at < (uint)bytes.Length && bytes[at] > (byte)' ' ? at : SkipSpaces(bytes, at);

    /// <summary>Takes a byte, white space before it.</summary>
    public static bool TryTake(ReadOnlySpan<byte> bytes, ref int at, byte expected)
    {
        at = SkipSpace(bytes, at);
        if (at >= bytes.Length || bytes[at] != expected)
        {
            return false;
        }

        at++;
        return true;
    }

    /// <summary>Takes a number without exponent; the value is correctly rounded.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> bytes, ref int at, out double value)
    {
        value = 0;
        var i = SkipSpace(bytes, at);
        var negative = i < bytes.Length && bytes[i] == (byte)'-';
        i += negative ? 1 : 0;
        var mantissa = 0L;
        var start = i;
        for (; i < bytes.Length && (uint)(bytes[i] - '0') <= 9; i++)
        {
            mantissa = mantissa * 10 + (bytes[i] - '0');
        }

        var digits = i - start;
        if (digits == 0 || (digits > 1 && bytes[start] == (byte)'0'))
        {
            return false;
        }

        var decimals = 0;
        if (i < bytes.Length && bytes[i] == (byte)'.')
        {
            var first = ++i;
            for (; i < bytes.Length && (uint)(bytes[i] - '0') <= 9; i++)
            {
                mantissa = mantissa * 10 + (bytes[i] - '0');
            }

            decimals = i - first;
            if (decimals == 0)
            {
                return false;
            }
        }

        if (i >= bytes.Length || bytes[i] is (byte)'e' or (byte)'E')
        {
            return false;
        }

        // Areas in COCO's own files have 16 or 17 digits.
        if (digits + decimals > ExactDigits)
        {
            var whole = bytes[(negative ? start - 1 : start)..i];
            at = i;
            return Utf8Parser.TryParse(whole, out value, out int parsed) && parsed == whole.Length;
        }

        value = decimals == 0 ? mantissa : mantissa / PowersOfTen[decimals];
        value = negative ? -value : value;
        at = i;
        return true;
    }

    /// <summary>Takes a whole number of at most 15 digits.</summary>
    public static bool TryInteger(ReadOnlySpan<byte> bytes, ref int at, out long value)
    {
        var i = SkipSpace(bytes, at);
        var start = i;
        // Beyond, a double does not hold every whole number.
        var isWhole = TryNumber(bytes, ref i, out var number) && i - start <= ExactDigits && bytes[start..i].IndexOf((byte)'.') < 0;
        value = isWhole ? (long)number : 0;
        at = isWhole ? i : at;
        return isWhole;
    }

    private static int SkipSpaces(ReadOnlySpan<byte> bytes, int at)
    {
        while (at < bytes.Length && bytes[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }

        return at;
    }
}
