using System.Data.Common;
using Dapper;

namespace Maskwright.MetricsCollector;

/// <summary>The maps that a run has. The numbers are those of the database.</summary>
internal enum AttributeKind
{
    Option = 1,
    Lineage = 2,
    Tag = 3,
}

/// <summary>The maps of runs, a row an entry.</summary>
internal static class Attributes
{
    public static async Task WriteAsync(
        DbConnection connection, long run, AttributeKind kind, IReadOnlyDictionary<string, string> map)
    {
        if (map.Count == 0)
            return;
        await using var insert = new Statement(
            connection,
            """
            INSERT INTO attributes (run, kind, name, value, sort_key) VALUES (@run, @kind, @name, @value, @sort_key)
            ON CONFLICT (run, kind, name) DO UPDATE SET value = excluded.value, sort_key = excluded.sort_key
            """,
            "run", "kind", "name", "value", "sort_key");
        foreach (var (name, value) in map)
            await insert.RunAsync(run, (long)kind, name, value, SortKey.Of(value));
    }

    public static Task RemoveAsync(DbConnection connection, long run, AttributeKind kind, IReadOnlyCollection<string> names) =>
        connection.ExecuteAsync(
            $"DELETE FROM attributes WHERE run = @run AND kind = @kind AND {Dialect.Of(connection).In("name", "names")}",
            new { run, kind = (long)kind, names });

    /// <summary>The maps of several runs, by run and kind.</summary>
    public static async Task<ILookup<(long Run, AttributeKind Kind), KeyValuePair<string, string>>> ReadAsync(
        DbConnection connection, IReadOnlyCollection<long> runs)
    {
        var rows = await connection.QueryAsync<(long Run, long Kind, string Name, string Value)>(
            $"SELECT run, kind, name, value FROM attributes WHERE {Dialect.Of(connection).In("run", "runs")}", new { runs });
        return rows.ToLookup(row => (row.Run, (AttributeKind)row.Kind), row => KeyValuePair.Create(row.Name, row.Value));
    }
}
