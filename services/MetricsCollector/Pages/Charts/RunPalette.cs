namespace Maskwright.MetricsCollector.Pages.Charts;

/// <summary>Colours by which runs are told apart, and a scale for values.</summary>
internal static class RunPalette
{
    private static readonly string[] Light = ["#0f62a8", "#c2410c", "#1b7f4b", "#7a4fb5", "#b8005c", "#8a6d00", "#00798c", "#c62828", "#5f6b7a", "#4f46e5"];
    private static readonly string[] Dark = ["#6cb6ff", "#ffa66b", "#56c98a", "#c4a4f5", "#ff8cc0", "#e5c453", "#4fd0e0", "#ff8a80", "#aab6c2", "#a5a0ff"];

    // Blue, violet, orange: seen on light and on dark pages, and told apart by all eyes.
    private static readonly (int R, int G, int B)[] Scale = [(47, 128, 205), (150, 110, 190), (232, 119, 34)];

    /// <summary>Colour of a run by its place, the same again after ten.</summary>
    public static string Of(int place, bool dark) => (dark ? Dark : Light)[place % Light.Length];

    /// <summary>Colour of a value.</summary>
    /// <param name="share">From 0 for the smallest to 1 for the largest.</param>
    public static string At(double share)
    {
        var at = Math.Clamp(share, 0, 1) * (Scale.Length - 1);
        var low = Math.Min((int)at, Scale.Length - 2);
        var (from, to, part) = (Scale[low], Scale[low + 1], at - low);
        return $"rgb({Mix(from.R, to.R)}, {Mix(from.G, to.G)}, {Mix(from.B, to.B)})";

        int Mix(int a, int b) => (int)Math.Round(a + (part * (b - a)));
    }
}
