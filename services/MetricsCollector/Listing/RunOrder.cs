using Dapper;

namespace Maskwright.MetricsCollector;

/// <summary>In which order runs are listed. Runs that lack the field come last; of equals the newest comes first.</summary>
/// <param name="Field">What they are sorted by.</param>
/// <param name="Descending">The largest first.</param>
internal sealed record RunOrder(RunField Field, bool Descending)
{
    /// <summary>Newest first.</summary>
    public static RunOrder Newest { get; } = new(RunField.Parse("create_time"), Descending: true);

    /// <summary>Reads an order: a field, and <c>desc</c> or <c>asc</c> behind it; empty means newest first.</summary>
    /// <exception cref="RunQueryException">It cannot be read.</exception>
    public static RunOrder Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words switch
        {
            [] => Newest,
            [var field] => new RunOrder(RunField.Parse(field), Descending: false),
            [.. var field, "desc" or "asc"] => new RunOrder(RunField.Parse(string.Join(' ', field)), words[^1] == "desc"),
            _ => throw new RunQueryException($"'{text}' is no order; one field, with 'desc' behind it where the largest shall come first, is expected."),
        };
    }

    /// <summary>What the list is sorted by.</summary>
    public string Sql(DynamicParameters parameters) => Field.SortSql(parameters);

    /// <summary>The condition that a run comes after a place.</summary>
    public string SqlAfter(RunPlace? place, DynamicParameters parameters)
    {
        if (place is null)
            return "TRUE";
        parameters.Add("afterNumber", place.Number);
        if (place.SortValue is null)
            return "(SortValue IS NULL AND Number < @afterNumber)";
        parameters.Add("afterValue", place.SortValue);
        return $"(SortValue {(Descending ? "<" : ">")} @afterValue OR (SortValue = @afterValue AND Number < @afterNumber) OR SortValue IS NULL)";
    }
}
