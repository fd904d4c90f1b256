using System.Data.Common;
using Dapper;

namespace Maskwright.MetricsCollector;

/// <summary>The schema of both databases, as the steps that lead to it.</summary>
internal static class Migrations
{
    /// <summary>
    /// Element n takes a database of version n to n + 1. Steps that have been released are never changed, only followed by
    /// others.
    /// </summary>
    public static IReadOnlyList<Func<DbConnection, Dialect, Task>> Steps { get; } =
    [
        (connection, dialect) => connection.ExecuteAsync(RowSchema.Sql(dialect)),
        async (connection, dialect) =>
        {
            await connection.ExecuteAsync(BlockSchema.Sql(dialect));
            await RowUpgrade.ApplyAsync(connection);
        },
        // Ticks that a run stood ended before it was taken up again.
        (connection, dialect) => connection.ExecuteAsync($"ALTER TABLE runs ADD COLUMN idle {dialect.Integer} NOT NULL DEFAULT 0"),
    ];

    /// <summary>Refuses a database that a later program wrote.</summary>
    /// <exception cref="MetricsDatabaseException">Its version is not known here.</exception>
    public static void Check(long version, string location)
    {
        if (version > Steps.Count)
        {
            throw new MetricsDatabaseException(
                $"The metrics database '{location}' has schema version {version}, but this program knows versions up to "
                + $"{Steps.Count}. Start the newer program that wrote it, or choose another database.");
        }
    }

    /// <summary>Applies what is missing after <paramref name="version"/>, inside the caller's transaction.</summary>
    public static async Task ApplyAsync(DbConnection connection, Dialect dialect, int version)
    {
        foreach (var step in Steps.Skip(version))
            await step(connection, dialect);
    }
}
