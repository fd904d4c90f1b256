using System.Globalization;
using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Text;

/// <summary>Moments for people, in the time zone of the machine.</summary>
internal static class MomentText
{
    /// <summary><c>14:03:07.125</c>; of another day <c>11-25 14:03:07</c>.</summary>
    public static string Of(long nanoseconds, TimeProvider time) => Of(UnixTime.ToMoment(nanoseconds), time);

    /// <inheritdoc cref="Of(long, TimeProvider)"/>
    public static string Of(DateTimeOffset moment, TimeProvider time)
    {
        var local = TimeZoneInfo.ConvertTime(moment, time.LocalTimeZone);
        var format = local.Date == time.GetLocalNow().Date ? "HH:mm:ss.fff" : "MM-dd HH:mm:ss";
        return local.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>Date, time and offset, whole.</summary>
    public static string Full(long nanoseconds, TimeProvider time) =>
        TimeZoneInfo.ConvertTime(UnixTime.ToMoment(nanoseconds), time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss.ffffff zzz", CultureInfo.InvariantCulture);
}
