using System.Globalization;

namespace Maskwright.Dashboard.Text;

/// <summary>Durations for people.</summary>
internal static class DurationText
{
    private static readonly (string Unit, double Nanoseconds)[] Units =
        [("h", 3.6e12), ("min", 6e10), ("s", 1e9), ("ms", 1e6), ("µs", 1e3)];

    /// <summary>Three digits or so in the unit that fits: <c>1.25 s</c>, <c>340 µs</c>.</summary>
    public static string Of(long nanoseconds)
    {
        foreach (var (unit, size) in Units)
        {
            if (nanoseconds < size)
                continue;
            var value = nanoseconds / size;
            var format = value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00";
            return $"{value.ToString(format, CultureInfo.InvariantCulture)} {unit}";
        }

        return $"{nanoseconds} ns";
    }
}
