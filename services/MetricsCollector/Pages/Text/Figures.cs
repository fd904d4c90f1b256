using System.Globalization;

namespace Maskwright.MetricsCollector.Pages.Text;

/// <summary>Numbers and times as people read them.</summary>
internal static class Figures
{
    /// <summary>What stands where there is none.</summary>
    public const string None = "–";

    /// <summary>A figure with four digits that count; those of bytes in the unit that fits.</summary>
    public static string Of(double value, string metric)
    {
        if (metric.EndsWith("bytes", StringComparison.Ordinal) && double.IsFinite(value))
            return Bytes(value);
        var format = Math.Abs(value) switch
        {
            double.NaN => "",
            double.PositiveInfinity => "",
            0 => "0",
            < 0.001 or >= 1e6 => "0.###e+0",
            < 100 => "0.####",
            _ => "#,0.#",
        };
        return format.Length > 0 ? value.ToString(format, CultureInfo.InvariantCulture)
            : double.IsNaN(value) ? "NaN"
            : value > 0 ? "∞" : "-∞";
    }

    /// <summary>A whole number with its thousands apart.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A share in per cent.</summary>
    public static string Percent(double share) => share.ToString("0.#%", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal);

    /// <summary>How long something takes: <c>0.8 s</c>, <c>42 s</c>, <c>3 min 05 s</c>, <c>2 h 07 min</c>.</summary>
    public static string Duration(TimeSpan span) => span.TotalSeconds switch
    {
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
        < 59.5 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        < 3_570 => $"{(int)(span.TotalSeconds + 0.5) / 60} min {(int)(span.TotalSeconds + 0.5) % 60:00} s",
        _ => $"{(int)span.TotalHours} h {span.Minutes:00} min",
    };

    /// <summary>A moment in UTC to the minute.</summary>
    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Bytes(double bytes) => bytes switch
    {
        < 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024:0.#} KiB"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1L << 20):0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1L << 30):0.00} GiB"),
    };
}
