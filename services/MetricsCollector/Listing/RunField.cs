using Dapper;

namespace Maskwright.MetricsCollector;

/// <summary>What of a run can be compared and sorted by.</summary>
internal abstract record RunField
{
    private const string Known =
        "id, display_name, note, state, create_time, end_time, duration, options.NAME, tags.NAME, lineage.NAME, "
        + "last(METRIC), min(METRIC) and max(METRIC) are known";

    /// <summary>Finds a field by what was written.</summary>
    /// <param name="text">What was written, for instance <c>options.epochs</c> or <c>max(val/miou)</c>.</param>
    /// <exception cref="RunQueryException">There is no such field.</exception>
    public static RunField Parse(string text)
    {
        if (text.EndsWith(')') && text.IndexOf('(', StringComparison.Ordinal) is var open and > 0)
            return ParseFigure(text[..open], text[(open + 1)..^1].Trim());
        if (text.IndexOf('.', StringComparison.Ordinal) is var dot and > 0)
            return ParseEntry(text[..dot], text[(dot + 1)..]);
        return text switch
        {
            "id" or "display_name" or "note" => new TextColumn($"r.{text}"),
            "state" => new State(),
            "create_time" or "end_time" => new Time($"r.{text}"),
            "duration" => new Duration(),
            _ => throw Unknown(text),
        };
    }

    /// <summary>What the list is sorted by: an expression over <c>runs r</c>.</summary>
    public abstract string SortSql(DynamicParameters parameters);

    /// <summary>What runs are grouped by: its text, an expression over <c>runs r</c>.</summary>
    public virtual string ValueSql(DynamicParameters parameters) => $"CAST({SortSql(parameters)} AS TEXT)";

    /// <summary>A condition over <c>runs r</c>.</summary>
    /// <exception cref="RunQueryException">The field is not compared in this way.</exception>
    public abstract string ComparisonSql(string comparison, string value, DynamicParameters parameters);

    /// <summary>Adds a parameter and returns its name.</summary>
    protected static string Add(DynamicParameters parameters, object value)
    {
        var name = $"p{parameters.ParameterNames.Count()}";
        parameters.Add(name, value);
        return "@" + name;
    }

    /// <summary>A condition that text contains another, without regard to case.</summary>
    protected static string ContainsSql(string expression, string value, DynamicParameters parameters)
    {
        var pattern = value.ToLowerInvariant()
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal);
        return $"lower({expression}) LIKE {Add(parameters, $"%{pattern}%")} ESCAPE '\\'";
    }

    /// <summary>The comparison in the words of SQL.</summary>
    /// <exception cref="RunQueryException">It is "contains", which numbers do not know.</exception>
    protected static string Operator(string comparison, string field) => comparison switch
    {
        "!=" => "<>",
        ":" => throw new RunQueryException($"'{field}' is compared with = != < <= > >=, not with ':'."),
        _ => comparison,
    };

    private static Figure ParseFigure(string function, string metric)
    {
        if (!MetricNames.IsMetric(metric))
            throw new RunQueryException($"'{metric}' is no name of a metric.");
        return function switch
        {
            "last" => new Figure("last", metric),
            "min" => new Figure("minimum", metric),
            "max" => new Figure("maximum", metric),
            _ => throw Unknown($"{function}({metric})"),
        };
    }

    private static Entry ParseEntry(string map, string name)
    {
        if (name.Length == 0)
            throw Unknown(map + ".");
        return map switch
        {
            "options" => new Entry(AttributeKind.Option, name),
            "tags" => new Entry(AttributeKind.Tag, name),
            "lineage" => new Entry(AttributeKind.Lineage, name),
            _ => throw Unknown($"{map}.{name}"),
        };
    }

    private static RunQueryException Unknown(string text) => new($"'{text}' is no field of a run; {Known}.");

    private sealed record TextColumn(string Column) : RunField
    {
        public override string SortSql(DynamicParameters parameters) => Column;

        public override string ComparisonSql(string comparison, string value, DynamicParameters parameters) => comparison == ":"
            ? ContainsSql(Column, value, parameters)
            : $"lower({Column}) {Operator(comparison, Column)} {Add(parameters, value.ToLowerInvariant())}";
    }

    private sealed record State : RunField
    {
        public override string SortSql(DynamicParameters parameters) => "r.status";

        public override string ComparisonSql(string comparison, string value, DynamicParameters parameters)
        {
            if (!Enum.TryParse<RunStatus>(value, ignoreCase: true, out var status) || status == RunStatus.Importing || char.IsDigit(value[0]))
                throw new RunQueryException($"'{value}' is no state; running, succeeded, failed and cancelled are.");
            if (comparison is not ("=" or "!="))
                throw new RunQueryException($"A state is compared with = and !=, not with '{comparison}'.");
            return $"r.status {Operator(comparison, "state")} {Add(parameters, (long)status)}";
        }
    }

    private sealed record Time(string Column) : RunField
    {
        public override string SortSql(DynamicParameters parameters) => Column;

        public override string ComparisonSql(string comparison, string value, DynamicParameters parameters) =>
            $"{Column} {Operator(comparison, Column[2..])} {Add(parameters, Ticks.Of(RunValue.Time(value)))}";
    }

    private sealed record Duration : RunField
    {
        private const string Taken = "(r.end_time - r.create_time - r.idle)";

        public override string SortSql(DynamicParameters parameters) => Taken;

        public override string ComparisonSql(string comparison, string value, DynamicParameters parameters) =>
            $"{Taken} {Operator(comparison, "duration")} {Add(parameters, RunValue.Number(value, "duration") * TimeSpan.TicksPerSecond)}";
    }

    private sealed record Entry(AttributeKind Kind, string Name) : RunField
    {
        public override string SortSql(DynamicParameters parameters) =>
            $"(SELECT a.sort_key {From(parameters)})";

        public override string ValueSql(DynamicParameters parameters) => $"(SELECT a.value {From(parameters)})";

        public override string ComparisonSql(string comparison, string value, DynamicParameters parameters)
        {
            if (comparison == ":")
            {
                var contains = value == "*" ? "" : $" AND {ContainsSql("a.value", value, parameters)}";
                return $"EXISTS (SELECT 1 {From(parameters)}{contains})";
            }

            var key = SortKey.Of(value);
            if (comparison == "!=")
                return $"NOT EXISTS (SELECT 1 {From(parameters)} AND a.sort_key = {Add(parameters, key)})";
            // Numbers are compared with numbers and text with text.
            var sameKind = string.CompareOrdinal(key, SortKey.FirstText) < 0 ? "<" : ">=";
            return $"EXISTS (SELECT 1 {From(parameters)} AND a.sort_key {comparison} {Add(parameters, key)} "
                + $"AND a.sort_key {sameKind} '{SortKey.FirstText}')";
        }

        private string From(DynamicParameters parameters) =>
            $"FROM attributes a WHERE a.run = r.number AND a.kind = {(long)Kind} AND a.name = {Add(parameters, Name)}";
    }

    private sealed record Figure(string Column, string Metric) : RunField
    {
        public override string SortSql(DynamicParameters parameters) => $"(SELECT s.{Column} {From(parameters)})";

        public override string ComparisonSql(string comparison, string value, DynamicParameters parameters) =>
            comparison == ":" && value == "*"
                ? $"EXISTS (SELECT 1 {From(parameters)})"
                : $"EXISTS (SELECT 1 {From(parameters)} AND s.{Column} {Operator(comparison, Metric)} "
                    + $"{Add(parameters, RunValue.Number(value, Metric))})";

        private string From(DynamicParameters parameters) =>
            $"FROM series s WHERE s.run = r.number AND s.name = {Add(parameters, Metric)}";
    }
}
