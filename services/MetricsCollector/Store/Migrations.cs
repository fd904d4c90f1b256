namespace Maskwright.MetricsCollector;

/// <summary>The database's schema, as the steps that lead to it.</summary>
internal static class Migrations
{
    /// <summary>
    /// Element n takes a database of <c>PRAGMA user_version</c> n to n + 1. Steps that have been released are never
    /// changed, only followed by others.
    /// </summary>
    public static readonly IReadOnlyList<string> Steps =
    [
        // Times are ticks (100 ns) since 1970 UTC. Maps are JSON objects with sorted keys.
        // points.value is NULL for NaN, which SQLite cannot hold; infinities it can.
        """
        CREATE TABLE runs (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            display_name TEXT NOT NULL,
            options TEXT NOT NULL,
            lineage TEXT NOT NULL,
            tags TEXT NOT NULL,
            note TEXT NOT NULL,
            status INTEGER NOT NULL,
            error_message TEXT NOT NULL,
            create_time INTEGER NOT NULL,
            end_time INTEGER
        ) STRICT;

        CREATE TABLE metrics (
            number INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
            name TEXT NOT NULL,
            points INTEGER NOT NULL,
            last REAL,
            minimum REAL,
            maximum REAL,
            last_step INTEGER NOT NULL,
            UNIQUE (run, name)
        ) STRICT;

        CREATE TABLE points (
            metric INTEGER NOT NULL REFERENCES metrics (number) ON DELETE CASCADE,
            step INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            time INTEGER NOT NULL,
            value REAL,
            PRIMARY KEY (metric, step)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE clients (
            run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
            client TEXT NOT NULL,
            last_sequence INTEGER NOT NULL,
            PRIMARY KEY (run, client)
        ) STRICT, WITHOUT ROWID;
        """,
    ];
}
