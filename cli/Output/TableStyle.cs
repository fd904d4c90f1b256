using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>How tables look.</summary>
internal static class TableStyle
{
    /// <summary>An empty table.</summary>
    public static Table Create() => new() { Border = TableBorder.Simple, UseSafeBorder = false };

    /// <summary>Writes a line that says what the table after it is about.</summary>
    public static void Heading(this Terminal terminal, string text)
    {
        terminal.Console.WriteLine();
        terminal.Console.MarkupLine($"[bold]{Markup.Escape(text)}[/]");
    }

    /// <summary>Adds a column of words.</summary>
    public static Table Words(this Table table, string header) =>
        table.AddColumn(new TableColumn($"[grey]{Markup.Escape(header)}[/]") { Padding = new Padding(0, 0, 1, 0) });

    /// <summary>Adds a column of numbers.</summary>
    public static Table Numbers(this Table table, string header) =>
        table.AddColumn(new TableColumn($"[grey]{Markup.Escape(header)}[/]") { Alignment = Justify.Right, NoWrap = true, Padding = new Padding(0, 0, 1, 0) });

    /// <summary>Two columns without heads: a name and what it holds.</summary>
    public static Table Facts(IEnumerable<(string Name, string Value)> facts)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumn(new TableColumn("") { NoWrap = true, Padding = new Padding(1, 0, 2, 0) });
        table.AddColumn(new TableColumn("") { Padding = new Padding(0) });
        foreach (var (name, value) in facts)
            table.AddRow($"[grey]{Markup.Escape(name)}[/]", Markup.Escape(value));
        return table;
    }
}
