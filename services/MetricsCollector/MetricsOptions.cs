namespace Maskwright.MetricsCollector;

/// <summary>Settings of the collector, section <c>Metrics</c> of the configuration.</summary>
public sealed class MetricsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Metrics";

    /// <summary>Fewer characters can be guessed.</summary>
    public const int MinTokenLength = 16;

    /// <summary>
    /// Path of the SQLite database; its folder is created when it is missing. The connection string <c>metrics</c>, where
    /// there is one, names a PostgreSQL database in its place.
    /// </summary>
    public string Database { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "maskwright",
        "metrics.db");

    /// <summary>Days after its end for which a run is kept, where it is not tagged <c>keep</c>; 0 keeps every run.</summary>
    public double RetentionDays { get; set; }

    /// <summary>
    /// What callers must show who come from beyond loopback: at least <see cref="MinTokenLength"/> characters. Empty lets none of
    /// them in.
    /// </summary>
    public string Token { get; set; } = "";
}
