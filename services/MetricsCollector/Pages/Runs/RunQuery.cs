using System.Buffers;
using System.Text;

namespace Maskwright.MetricsCollector.Pages.Runs;

/// <summary>What is typed to find runs: a filter of the collector's, or words that their ids, names and notes are searched for.</summary>
internal static class RunQuery
{
    // What no search for words has, and every filter.
    private static readonly SearchValues<char> FilterMarks = SearchValues.Create("=<>:()\"");

    /// <exception cref="RunQueryException">It is a filter, and cannot be read.</exception>
    public static RunFilter Parse(string? typed) => RunFilter.Parse(Filter(typed));

    /// <summary>A filter that a field says just that; null means that it says nothing.</summary>
    public static string Is(string field, string? value) => value is null ? $"NOT {field}:*" : $"{field} = {Quoted(value)}";

    /// <summary>Two filters, both of which must hold; either may be empty.</summary>
    public static string And(string? typed, string more) =>
        Filter(typed) is { Length: > 0 } first ? $"({first}) AND {more}" : more;

    /// <summary>Name of a map's entry as filters write it.</summary>
    public static string Field(string map, string name) =>
        name.Any(c => char.IsWhiteSpace(c) || c is '(' or ')' or '"' or '=' or '!' or '<' or '>' or ':' or ',') ? $"{map}.{Quoted(name)}" : $"{map}.{name}";

    private static string Filter(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed) || typed.AsSpan().ContainsAny(FilterMarks))
            return typed?.Trim() ?? "";
        return string.Join(" AND ", typed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(AnyText));
    }

    private static string AnyText(string word) => $"(id:{Quoted(word)} OR display_name:{Quoted(word)} OR note:{Quoted(word)})";

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\');
            quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
