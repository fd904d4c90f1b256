using System.Globalization;

namespace Maskwright.Dashboard.Text;

/// <summary>Units of UCUM, as instruments carry them, for people.</summary>
internal static class UnitText
{
    /// <summary><c>By</c> is B, <c>{request}</c> is request, <c>1</c> is nothing.</summary>
    public static string Of(string unit) => unit switch
    {
        "1" => "",
        "By" => "B",
        "Cel" => "°C",
        ['{', .. var annotation, '}'] => annotation,
        _ => unit,
    };

    /// <summary>A value with its unit; bytes in the thousands that fit.</summary>
    public static string Of(double value, string unit)
    {
        if (unit == "By" && Math.Abs(value) >= 1000)
        {
            string[] prefixes = ["k", "M", "G", "T"];
            var power = Math.Min(prefixes.Length, (int)(Math.Log10(Math.Abs(value)) / 3));
            return string.Create(CultureInfo.InvariantCulture, $"{value / Math.Pow(1000, power):0.##} {prefixes[power - 1]}B");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:#,0.####} {Of(unit)}").TrimEnd();
    }
}
