namespace Maskwright.DatasetPrep;

/// <summary>Settings of the service, section <c>Datasets</c> of the configuration.</summary>
public sealed class DatasetPrepOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Datasets";

    /// <summary>Where files that sources name by URL are kept once they are fetched, and scenes while they are prepared.</summary>
    public string DownloadDirectory { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "maskwright",
        "downloads");
}
