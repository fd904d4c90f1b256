using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>How tables look.</summary>
internal static class TableStyle
{
    /// <summary>An empty table with a title.</summary>
    public static Table Create(string? title = null)
    {
        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = false };
        if (title is not null)
            table.Title = new TableTitle($"[bold]{Markup.Escape(title)}[/]");
        return table;
    }

    /// <summary>Adds a column of words.</summary>
    public static Table Words(this Table table, string header) =>
        table.AddColumn(new TableColumn($"[grey]{Markup.Escape(header)}[/]") { Padding = new Padding(0, 0, 2, 0) });

    /// <summary>Adds a column of numbers.</summary>
    public static Table Numbers(this Table table, string header) =>
        table.AddColumn(new TableColumn($"[grey]{Markup.Escape(header)}[/]") { Alignment = Justify.Right, NoWrap = true, Padding = new Padding(0, 0, 2, 0) });

    /// <summary>Two columns without heads: a name and what it holds.</summary>
    public static Table Facts(string? title, IEnumerable<(string Name, string Value)> facts)
    {
        var table = Create(title).Words("").Words("").HideHeaders();
        table.Border = TableBorder.None;
        foreach (var (name, value) in facts)
            table.AddRow($"[grey]{Markup.Escape(name)}[/]", Markup.Escape(value));
        return table;
    }
}
