using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>A table that leaves columns out, the least worth first, until it fits the terminal.</summary>
/// <param name="rows">One row each.</param>
internal sealed class FittingTable<T>(IReadOnlyCollection<T> rows)
{
    /// <summary>Worth of a column that is never left out.</summary>
    private const int Always = int.MaxValue;

    /// <summary>Characters between columns.</summary>
    private const int Gap = 2;

    private readonly List<Column> _columns = [];

    /// <summary>Adds a column of words; the cells are Spectre markup.</summary>
    public FittingTable<T> Words(string header, Func<T, string> cell, int worth = Always) => Add(header, cell, worth, Justify.Left);

    /// <summary>Adds a column of numbers; the cells are Spectre markup.</summary>
    public FittingTable<T> Numbers(string header, Func<T, string> cell, int worth = Always) => Add(header, cell, worth, Justify.Right);

    /// <summary>Writes what fits.</summary>
    public void Write(Terminal terminal)
    {
        if (rows.Count == 0)
        {
            terminal.Console.WriteLine("There are none yet.");
            return;
        }

        var columns = _columns.ToList();
        while (columns.Sum(column => column.Width + Gap) > terminal.Console.Profile.Width
            && columns.Where(column => column.Worth < Always).MinBy(column => column.Worth) is { } least)
        {
            columns.Remove(least);
        }

        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = false };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn($"[grey]{Markup.Escape(column.Header)}[/]")
            {
                Alignment = column.Alignment,
                NoWrap = column.Alignment == Justify.Right,
                Padding = new Padding(0, 0, 1, 0),
            });
        }

        for (var row = 0; row < rows.Count; row++)
            table.AddRow([.. columns.Select(column => column.Cells[row])]);
        terminal.Console.Write(table);
    }

    private FittingTable<T> Add(string header, Func<T, string> cell, int worth, Justify alignment)
    {
        var cells = rows.Select(cell).ToList();
        var width = cells.Select(text => Markup.Remove(text).Length).Append(header.Length).Max();
        _columns.Add(new Column(header, cells, width, worth, alignment));
        return this;
    }

    private sealed record Column(string Header, List<string> Cells, int Width, int Worth, Justify Alignment);
}
