using System.Globalization;

namespace Maskwright.Dashboard.Resources;

/// <summary>Use of CPU and memory for people.</summary>
internal static class UsageText
{
    /// <summary>Per cent of one core.</summary>
    public static string Cpu(Usage? usage) => usage?.Cores is { } cores ? string.Create(CultureInfo.InvariantCulture, $"{cores * 100:0.0} %") : "–";

    public static string Memory(Usage? usage) => usage is null ? "–" : string.Create(CultureInfo.InvariantCulture, $"{usage.Bytes / 1e6:N0} MB");
}
