using Google.Protobuf.WellKnownTypes;

namespace Maskwright.Cli;

/// <summary>Numbers and times as people read them.</summary>
internal static class Numbers
{
    /// <summary>What stands where a figure is not defined.</summary>
    public const string None = "–";

    /// <summary>A share from 0 to 1, or a dash.</summary>
    public static string Share(double? share) =>
        share is not { } value ? None : double.IsNaN(value) ? "NaN" : value.ToString("0.000");

    /// <summary>A loss, in three decimals so that a column of them lines up.</summary>
    public static string Loss(double loss) => Math.Abs(loss) < 1_000 ? loss.ToString("0.000") : Figure(loss);

    /// <summary>Any figure with four significant digits.</summary>
    public static string Figure(double value) => Math.Abs(value) switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => value > 0 ? "∞" : "-∞",
        0 => "0",
        < 0.001 or >= 1e6 => value.ToString("0.###e+0"),
        < 1 => value.ToString("0.####"),
        < 100 => value.ToString("0.##"),
        _ => value.ToString("#,0.#"),
    };

    /// <summary>A size in the largest unit that keeps it above 1.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        <= 0 => None,
        < 1L << 20 => $"{bytes / 1024.0:0.#} KiB",
        < 1L << 30 => $"{bytes / (double)(1L << 20):0} MiB",
        _ => $"{bytes / (double)(1L << 30):0.00} GiB",
    };

    /// <summary>How long something took: <c>0.8 s</c>, <c>42 s</c>, <c>3 min 05 s</c>, <c>2 h 07 min</c>.</summary>
    public static string Duration(TimeSpan span) => span.TotalSeconds switch
    {
        < 10 => $"{span.TotalSeconds:0.0} s",
        < 59.5 => $"{span.TotalSeconds:0} s",
        < 3_570 => $"{(int)(span.TotalSeconds + 0.5) / 60} min {(int)(span.TotalSeconds + 0.5) % 60:00} s",
        _ => $"{(int)span.TotalHours} h {span.Minutes:00} min",
    };

    /// <summary>How long something took, or a dash where it has not ended.</summary>
    public static string Duration(TimeSpan? span) => span is { } known ? Duration(known) : None;

    /// <summary>The time from one moment to another, or a dash when one is missing.</summary>
    public static string Between(Timestamp? start, Timestamp? end) => Duration(end?.ToDateTimeOffset() - start?.ToDateTimeOffset());

    /// <summary>A moment in UTC to the second, or a dash.</summary>
    public static string Time(Timestamp? time) => time is null ? None : Time(time.ToDateTimeOffset());

    /// <summary>A moment in UTC to the second.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss");
}
