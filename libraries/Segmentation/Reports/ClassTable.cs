using System.Globalization;
using System.Text;

namespace Maskwright.Segmentation;

/// <summary>The scores by class as CSV (RFC 4180), a row each and the means last; what has no meaning is left empty.</summary>
public static class ClassTable
{
    private const string Header = "class,iou,iou_low,iou_high,dice,precision,recall,boundary_iou,support_pixels";

    /// <summary>Writes the table of a report.</summary>
    public static string ToCsv(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var metrics = report.Metrics;
        var csv = new StringBuilder(Header).Append("\r\n");
        foreach (var scores in metrics.Classes)
        {
            var interval = report.Intervals?.ClassIoU[scores.Index];
            Row(csv, report.Classes[scores.Index], scores.IoU, interval?.Low, interval?.High, scores.Dice, scores.Precision, scores.Recall,
                report.BoundaryIoU.Count > 0 ? report.BoundaryIoU[scores.Index] : null, scores.Support);
        }

        Row(csv, "mean", metrics.MeanIoU, report.Intervals?.MeanIoU?.Low, report.Intervals?.MeanIoU?.High, metrics.MeanDice,
            metrics.Classes.Average(c => c.Precision), metrics.MeanAccuracy, report.BoundaryIoU.Average(), metrics.Pixels);
        return csv.ToString();
    }

    private static void Row(StringBuilder csv, string name, params double?[] values)
    {
        var quoted = name.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
        csv.Append(quoted);
        foreach (var value in values)
            csv.Append(',').Append(value?.ToString("R", CultureInfo.InvariantCulture));
        csv.Append("\r\n");
    }
}
