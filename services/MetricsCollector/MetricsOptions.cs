namespace Maskwright.MetricsCollector;

/// <summary>Settings of the collector, section <c>Metrics</c> of the configuration.</summary>
public sealed class MetricsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Metrics";

    /// <summary>Path of the SQLite database; its folder is created when it is missing.</summary>
    public string Database { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "maskwright",
        "metrics.db");
}
