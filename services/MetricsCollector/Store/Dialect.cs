using System.Data.Common;
using Npgsql;

namespace Maskwright.MetricsCollector;

/// <summary>The words in which the two databases differ; all other SQL is common to them.</summary>
/// <param name="Integer">A 64-bit integer.</param>
/// <param name="Real">A 64-bit float.</param>
/// <param name="Text">Text that is ordered by its bytes.</param>
/// <param name="Bytes">A string of bytes.</param>
/// <param name="Identity">A number that the database counts up and never gives twice.</param>
/// <param name="Table">What follows a table's definition.</param>
/// <param name="KeyedTable">What follows the definition of a table that is stored in the order of its primary key.</param>
internal sealed record Dialect(
    string Integer, string Real, string Text, string Bytes, string Identity, string Table, string KeyedTable)
{
    public static Dialect Sqlite { get; } = new(
        "INTEGER", "REAL", "TEXT", "BLOB", "INTEGER PRIMARY KEY AUTOINCREMENT", "STRICT", "STRICT, WITHOUT ROWID");

    public static Dialect Postgres { get; } = new(
        "BIGINT", "DOUBLE PRECISION", "TEXT COLLATE \"C\"", "BYTEA", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "", "");

    /// <summary>The dialect of the database behind a connection.</summary>
    public static Dialect Of(DbConnection connection) => connection is NpgsqlConnection ? Postgres : Sqlite;

    /// <summary>A condition that a column holds one of a list of values, which Dapper passes to either database in its own way.</summary>
    public string In(string column, string parameter) =>
        this == Postgres ? $"{column} = ANY(@{parameter})" : $"{column} IN @{parameter}";
}
