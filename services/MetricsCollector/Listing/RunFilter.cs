using Dapper;

namespace Maskwright.MetricsCollector;

/// <summary>Which runs are listed, as a tree of conditions.</summary>
internal abstract record RunFilter
{
    /// <summary>Every run.</summary>
    public static RunFilter All { get; } = new Everything();

    /// <summary>Reads a filter; empty means all.</summary>
    /// <exception cref="RunQueryException">It cannot be read; the message says where.</exception>
    public static RunFilter Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.IsNullOrWhiteSpace(text) ? All : new RunFilterParser(text).Parse();
    }

    /// <summary>The condition over <c>runs r</c>.</summary>
    public abstract string Sql(DynamicParameters parameters);

    internal sealed record And(RunFilter Left, RunFilter Right) : RunFilter
    {
        public override string Sql(DynamicParameters parameters) => $"({Left.Sql(parameters)} AND {Right.Sql(parameters)})";
    }

    internal sealed record Or(RunFilter Left, RunFilter Right) : RunFilter
    {
        public override string Sql(DynamicParameters parameters) => $"({Left.Sql(parameters)} OR {Right.Sql(parameters)})";
    }

    internal sealed record Not(RunFilter Inner) : RunFilter
    {
        // What is missing is neither: NOT takes it in.
        public override string Sql(DynamicParameters parameters) => $"NOT coalesce({Inner.Sql(parameters)}, FALSE)";
    }

    internal sealed record Comparison(RunField Field, string Operator, string Value) : RunFilter
    {
        public override string Sql(DynamicParameters parameters) => Field.ComparisonSql(Operator, Value, parameters);
    }

    private sealed record Everything : RunFilter
    {
        public override string Sql(DynamicParameters parameters) => "TRUE";
    }
}
