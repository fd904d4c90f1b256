using System.Globalization;
using System.Text;

namespace Maskwright.Segmentation;

/// <summary>A confusion matrix as a heat map: each row's shares, darker for more.</summary>
internal static class ConfusionTable
{
    public static string Render(EvaluationReport report)
    {
        var table = new StringBuilder("<table class=\"matrix\"><tr><th>truth</th>");
        foreach (var name in report.Classes)
            table.Append(CultureInfo.InvariantCulture, $"<th>{HtmlReport.Text(name)}</th>");
        table.Append("</tr>");
        var classes = report.Classes.Count;
        for (var row = 0; row < classes; row++)
        {
            var support = report.Metrics.Classes[row].Support;
            table.Append(CultureInfo.InvariantCulture, $"<tr><td>{HtmlReport.Text(report.Classes[row])}</td>");
            for (var column = 0; column < classes; column++)
                table.Append(Cell(support == 0 ? null : (double)report.Confusion[(row * classes) + column] / support));
            table.Append("</tr>");
        }

        return table.Append("</table>").ToString();
    }

    // From white to the palette's blue; light letters from where dark ones would no longer be read.
    private static string Cell(double? share)
    {
        if (share is not { } value)
            return "<td>–</td>";
        var (r, g, b) = ((int)(255 - (255 * value)), (int)(255 - (141 * value)), (int)(255 - (77 * value)));
        return string.Create(CultureInfo.InvariantCulture, $"<td style=\"background:rgb({r},{g},{b});color:{(value > 0.6 ? "#fff" : "#202124")}\">{value:F3}</td>");
    }
}
