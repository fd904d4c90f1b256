using System.Globalization;
using System.Text;

namespace Maskwright.Segmentation;

/// <summary>The charts of a report as inline SVG; text is left to the browser's fonts.</summary>
internal static class Charts
{
    private const int Width = 420;
    private const int Height = 260;
    private const int Left = 48;
    private const int Bottom = 36;
    private const int Top = 26;
    private const int Right = 12;

    // What four steps divide well. The last is above any mantissa, rounding included.
    private static readonly double[] RoundSteps = [1, 2, 4, 6, 8, 10, 20];

    // Okabe and Ito's blue and vermilion.
    private static readonly string[] Colours = ["#0072b2", "#d55e00"];

    /// <summary>A share as a bar, with its interval as a whisker.</summary>
    public static string Bar(double? value, ScoreInterval? interval = null, int length = 160)
    {
        if (value is not { } share)
            return "";
        var whisker = interval is null
            ? ""
            : Invariant($"<path d=\"M{interval.Low * length:F1} 3v8M{interval.Low * length:F1} 7H{interval.High * length:F1}M{interval.High * length:F1} 3v8\" stroke=\"#202124\" fill=\"none\"/>");
        return Invariant($"<svg width=\"{length}\" height=\"14\" viewBox=\"0 0 {length} 14\" role=\"img\" aria-label=\"{share:F3}\"><rect width=\"{length}\" height=\"14\" fill=\"#f1f3f4\"/><rect width=\"{share * length:F1}\" height=\"14\" fill=\"#56b4e9\"/>{whisker}</svg>");
    }

    /// <summary>Accuracy over confidence, beside the diagonal of a perfectly calibrated model.</summary>
    public static string Reliability(CalibrationMetrics calibration)
    {
        var chart = Begin("accuracy over confidence", 0, 1);
        chart.Append(Invariant($"<path d=\"M{X(0)} {Y(0)}L{X(1)} {Y(1)}\" stroke=\"#5f6368\" stroke-dasharray=\"4 4\"/>"));
        foreach (var bin in calibration.Bins.Where(bin => bin.Pixels > 0))
            chart.Append(Invariant($"<rect x=\"{X(bin.Above):F1}\" y=\"{Y(bin.Accuracy!.Value):F1}\" width=\"{X(bin.UpTo) - X(bin.Above) - 1:F1}\" height=\"{Y(0) - Y(bin.Accuracy.Value):F1}\" fill=\"{Colours[0]}\" fill-opacity=\".75\"/>"));
        foreach (var tick in new[] { 0, 0.25, 0.5, 0.75, 1 })
            chart.Append(Invariant($"<text x=\"{X(tick):F1}\" y=\"{Height - 14}\" text-anchor=\"middle\">{tick}</text>"));
        return chart.Append("</svg>").ToString();
    }

    /// <summary>Values by epoch.</summary>
    public static string Curves(string title, IReadOnlyList<(string Name, IReadOnlyList<double?> Values)> series)
    {
        var known = series.SelectMany(s => s.Values).Where(v => v is { } number && double.IsFinite(number)).Select(v => v!.Value).DefaultIfEmpty(1);
        var top = RoundedUp(Math.Max(known.Max(), 1e-9));
        var chart = Begin(title, 0, top);
        var epochs = series.Max(s => s.Values.Count);
        for (var i = 0; i < series.Count; i++)
        {
            var path = new StringBuilder();
            for (var epoch = 0; epoch < series[i].Values.Count; epoch++)
            {
                if (series[i].Values[epoch] is { } value && double.IsFinite(value))
                    path.Append(Invariant($"{(path.Length == 0 ? 'M' : 'L')}{X(epochs < 2 ? 0.5 : epoch / (epochs - 1.0)):F1} {Y(value / top):F1}"));
            }

            chart.Append(Invariant($"<path d=\"{path}\" fill=\"none\" stroke=\"{Colours[i]}\" stroke-width=\"2\"/>"));
            chart.Append(Invariant($"<path d=\"M{Width - 190 + (i * 90)} 12h18\" stroke=\"{Colours[i]}\" stroke-width=\"3\"/><text x=\"{Width - 168 + (i * 90)}\" y=\"16\">{series[i].Name}</text>"));
        }

        chart.Append(Invariant($"<text x=\"{X(0)}\" y=\"{Height - 14}\" text-anchor=\"middle\">1</text><text x=\"{X(1)}\" y=\"{Height - 14}\" text-anchor=\"end\">epoch {epochs}</text>"));
        return chart.Append("</svg>").ToString();
    }

    // To four steps of a round number.
    private static double RoundedUp(double value)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return RoundSteps.First(steps => steps * unit >= value) * unit;
    }

    private static StringBuilder Begin(string title, double low, double high)
    {
        var chart = new StringBuilder(Invariant($"<svg width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{title}\"><text x=\"{Left}\" y=\"16\">{title}</text>"));
        for (var line = 0; line <= 4; line++)
        {
            var share = line / 4.0;
            chart.Append(Invariant($"<path d=\"M{X(0)} {Y(share):F1}H{X(1)}\" stroke=\"#dadce0\"/><text x=\"{Left - 6}\" y=\"{Y(share) + 4:F1}\" text-anchor=\"end\">{low + ((high - low) * share):0.##}</text>"));
        }

        return chart;
    }

    private static double X(double share) => Left + (share * (Width - Left - Right));

    private static double Y(double share) => Height - Bottom - (share * (Height - Bottom - Top));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
