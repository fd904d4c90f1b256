using System.Globalization;
using System.Text;

namespace Maskwright.Segmentation;

/// <summary>The scores by class as CSV (RFC 4180), a row each and the means last; what has no meaning is left empty.</summary>
public static class ClassTable
{
    private const string Header = "class,iou,iou_low,iou_high,dice,precision,recall,boundary_iou,support_pixels,iou_small,iou_medium,iou_large";

    /// <summary>Writes the table of a report.</summary>
    public static string ToCsv(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var metrics = report.Metrics;
        var csv = new StringBuilder(Header).Append("\r\n");
        foreach (var scores in metrics.Classes)
        {
            var interval = report.Intervals?.ClassIoU[scores.Index];
            Row(csv, report.Classes[scores.Index], [scores.IoU, interval?.Low, interval?.High, scores.Dice, scores.Precision, scores.Recall,
                report.BoundaryIoU.Count > 0 ? report.BoundaryIoU[scores.Index] : null, scores.Support, .. BySize(report, size => size.Classes[scores.Index].IoU)]);
        }

        Row(csv, "mean", [metrics.MeanIoU, report.Intervals?.MeanIoU?.Low, report.Intervals?.MeanIoU?.High, metrics.MeanDice,
            metrics.Classes.Average(c => c.Precision), metrics.MeanAccuracy, report.BoundaryIoU.Average(), metrics.Pixels, .. BySize(report, size => size.MeanIoU)]);
        return csv.ToString();
    }

    private static IEnumerable<double?> BySize(EvaluationReport report, Func<SizeMetrics, double?> score) =>
        report.Sizes?.Select(score) ?? Enumerable.Repeat<double?>(null, Enum.GetValues<ObjectSize>().Length);

    private static void Row(StringBuilder csv, string name, IEnumerable<double?> values)
    {
        var quoted = name.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
        csv.Append(quoted);
        foreach (var value in values)
            csv.Append(',').Append(value?.ToString("R", CultureInfo.InvariantCulture));
        csv.Append("\r\n");
    }
}
