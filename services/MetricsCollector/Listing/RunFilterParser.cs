using System.Text;
using Dapper;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Reads filters by recursive descent: <c>or := and {OR and}</c>, <c>and := not {AND not}</c>,
/// <c>not := [NOT] ( "(" or ")" | field operator value )</c>.
/// </summary>
internal sealed class RunFilterParser(string text)
{
    // Both databases bound the depth and the number of parameters of what they are asked.
    private const int MaxComparisons = 50;
    private const int MaxDepth = 50;

    private static readonly string[] Operators = ["!=", "<=", ">=", "=", "<", ">", ":"];

    private int _at;
    private int _depth;
    private int _comparisons;

    /// <exception cref="RunQueryException">It cannot be read.</exception>
    public RunFilter Parse()
    {
        var filter = ParseOr();
        SkipSpace();
        return _at == text.Length ? filter : throw Expected("AND, OR or the end");
    }

    private RunFilter ParseOr()
    {
        if (++_depth > MaxDepth)
            throw new RunQueryException($"The filter is nested more than {MaxDepth} deep.");
        var filter = ParseAnd();
        while (TakeWord("OR"))
            filter = new RunFilter.Or(filter, ParseAnd());
        _depth--;
        return filter;
    }

    private RunFilter ParseAnd()
    {
        var filter = ParseNot();
        while (TakeWord("AND"))
            filter = new RunFilter.And(filter, ParseNot());
        return filter;
    }

    private RunFilter ParseNot()
    {
        if (TakeWord("NOT"))
        {
            if (++_depth > MaxDepth)
                throw new RunQueryException($"The filter is nested more than {MaxDepth} deep.");
            var inner = ParseNot();
            _depth--;
            return new RunFilter.Not(inner);
        }

        if (!Take("("))
            return ParseComparison();
        var filter = ParseOr();
        return Take(")") ? filter : throw Expected("')'");
    }

    private RunFilter.Comparison ParseComparison()
    {
        if (++_comparisons > MaxComparisons)
            throw new RunQueryException($"The filter has more than {MaxComparisons} comparisons.");
        SkipSpace();
        var field = ParseFieldName();
        var found = Array.Find(Operators, Take) ?? throw Expected("one of = != < <= > >= :");
        SkipSpace();
        var value = _at < text.Length && text[_at] == '"' ? ParseQuoted() : ParseUntil(c => char.IsWhiteSpace(c) || c is ')' or '"');
        if (value.Length == 0 && (_at == 0 || text[_at - 1] != '"'))
            throw Expected("a value");
        var comparison = new RunFilter.Comparison(RunField.Parse(field), found, value);
        // Values are judged here, so that what is wrong is known before the database is asked.
        comparison.Sql(new DynamicParameters());
        return comparison;
    }

    /// <summary>A word, <c>map."a name"</c> or <c>function(metric)</c>.</summary>
    private string ParseFieldName()
    {
        var name = ParseUntil(c => char.IsWhiteSpace(c) || c is '(' or ')' or '"' or '=' or '!' or '<' or '>' or ':');
        if (name.Length == 0)
            throw Expected("the name of a field");
        if (name.EndsWith('.') && _at < text.Length && text[_at] == '"')
            return name + ParseQuoted();
        if (_at == text.Length || text[_at] != '(')
            return name;
        var end = text.IndexOf(')', _at);
        if (end < 0)
            throw Expected("a metric and ')'");
        name += text[_at..(end + 1)];
        _at = end + 1;
        return name;
    }

    private string ParseQuoted()
    {
        var value = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] == '"')
            {
                _at++;
                return value.ToString();
            }

            if (text[_at] == '\\' && _at + 1 < text.Length)
                _at++;
            value.Append(text[_at]);
        }

        throw new RunQueryException("The filter has a double quote that is not closed.");
    }

    private string ParseUntil(Func<char, bool> isEnd)
    {
        var start = _at;
        while (_at < text.Length && !isEnd(text[_at]))
            _at++;
        return text[start.._at];
    }

    private bool TakeWord(string word)
    {
        SkipSpace();
        var end = _at + word.Length;
        if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0
            || (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('(' or ')')))
        {
            return false;
        }

        _at = end;
        return true;
    }

    private bool Take(string token)
    {
        SkipSpace();
        if (string.CompareOrdinal(text, _at, token, 0, token.Length) != 0)
            return false;
        _at += token.Length;
        return true;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
    }

    private RunQueryException Expected(string what) => new(_at == text.Length
        ? $"The filter ends where {what} is expected."
        : $"At character {_at + 1} of the filter, before '{text.AsSpan(_at, Math.Min(20, text.Length - _at))}', {what} is expected.");
}
