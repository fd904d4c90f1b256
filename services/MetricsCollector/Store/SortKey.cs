using System.Globalization;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Text by which values of options and tags are compared and sorted: numbers come first and by their size, other text after
/// them, without regard to case.
/// </summary>
internal static class SortKey
{
    /// <summary>What begins the key of text; what is below it is a number.</summary>
    public const string FirstText = "1";

    public static string Of(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !double.IsNaN(number)
            ? Of(number)
            : FirstText + value.ToLowerInvariant();

    /// <summary>Sixteen hexadecimal digits that are ordered as the numbers are.</summary>
    private static string Of(double number)
    {
        // -0 is 0. The bits of floats are ordered as they are, but for the sign.
        var bits = BitConverter.DoubleToUInt64Bits(number + 0.0);
        var ordered = (bits >> 63) == 0 ? bits | (1UL << 63) : ~bits;
        return "0" + ordered.ToString("x16", CultureInfo.InvariantCulture);
    }
}
