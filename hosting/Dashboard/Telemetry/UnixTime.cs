namespace Maskwright.Dashboard.Telemetry;

/// <summary>Moments as nanoseconds since 1970, as OTLP counts them.</summary>
internal static class UnixTime
{
    private const long NanosecondsPerTick = 100;

    /// <summary>The last moment that can be shown as a date.</summary>
    private static readonly ulong Last = (ulong)(DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks;

    /// <summary>What a message says, kept within what can be counted here (until the year 2262).</summary>
    public static long From(ulong nanoseconds) => (long)Math.Min(nanoseconds, long.MaxValue);

    public static long From(DateTimeOffset moment) => (moment - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick;

    public static DateTimeOffset ToMoment(long nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks((long)Math.Min((ulong)(nanoseconds / NanosecondsPerTick), Last));
}
