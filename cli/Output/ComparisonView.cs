using Maskwright.Evaluation.V1;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>Comparisons of evaluations as tables.</summary>
internal static class ComparisonView
{
    public static void Show(Terminal terminal, string first, CompareEvaluationsResponse compared)
    {
        foreach (var difference in compared.Differences)
        {
            terminal.Heading($"{difference.Name} against {first}");
            var table = TableStyle.Create().Words("IoU of").Numbers("difference").Words("95% interval").Words("verdict");
            foreach (var row in difference.Classes)
                AddRow(table, row.ClassName, row);
            table.AddEmptyRow();
            AddRow(table, "mean", difference.MeanIou);
            terminal.Console.Write(table);
        }

        foreach (var warning in compared.Warnings)
            terminal.Console.MarkupLineInterpolated($"[yellow]{warning}[/]");
    }

    private static void AddRow(Table table, string name, ScoreDifference difference) => table.AddRow(
        Markup.Escape(name),
        difference.HasValue ? difference.Value.ToString("+0.000;-0.000;0.000") : Numbers.None,
        difference.Interval is { } interval ? $"{interval.Low:+0.000;-0.000;0.000} to {interval.High:+0.000;-0.000;0.000}" : Numbers.None,
        difference.Verdict switch
        {
            "better" => "[green]better[/]",
            "worse" => "[red]worse[/]",
            var verdict => Markup.Escape(verdict),
        });
}
