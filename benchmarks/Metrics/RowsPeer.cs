using Microsoft.Data.Sqlite;

namespace Maskwright.Benchmarks.Metrics;

/// <summary>What is written first when points are to be kept: an SQLite table with a row a point, in this process, equally durable.</summary>
internal static class RowsPeer
{
    public const string Name = "SQLite, a row a point, in process";

    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            CREATE TABLE IF NOT EXISTS points (
                metric INTEGER NOT NULL, step INTEGER NOT NULL, epoch INTEGER NOT NULL, time INTEGER NOT NULL, value REAL,
                PRIMARY KEY (metric, step)) WITHOUT ROWID;
            """);
        return connection;
    }

    /// <summary>Writes points of several metrics, a transaction a batch.</summary>
    public static void Write(SqliteConnection connection, long firstStep, int batches, int steps, int metrics)
    {
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO points VALUES ($metric, $step, 1, $time, $value)";
        var metric = insert.Parameters.Add("$metric", SqliteType.Integer);
        var at = insert.Parameters.Add("$step", SqliteType.Integer);
        var time = insert.Parameters.Add("$time", SqliteType.Integer);
        var value = insert.Parameters.Add("$value", SqliteType.Real);
        for (var batch = 0; batch < batches; batch++)
        {
            using var transaction = connection.BeginTransaction();
            insert.Transaction = transaction;
            for (var i = 0; i < steps; i++)
            {
                var step = firstStep + ((long)batch * steps) + i;
                for (var m = 0; m < metrics; m++)
                {
                    (metric.Value, at.Value, time.Value, value.Value) = (m, step, CollectorFolder.Time(step).UtcTicks, CollectorFolder.Value(step + m));
                    insert.ExecuteNonQuery();
                }
            }

            transaction.Commit();
        }
    }

    /// <summary>Smallest and largest value of each bucket of a series, as SQL says it best.</summary>
    public static int Thin(SqliteConnection connection, long points, int buckets)
    {
        using var query = connection.CreateCommand();
        query.CommandText = $"SELECT step * {buckets} / {points}, min(value), max(value) FROM points WHERE metric = 0 GROUP BY 1";
        using var reader = query.ExecuteReader();
        var rows = 0;
        while (reader.Read())
            rows += reader.GetDouble(1) <= reader.GetDouble(2) ? 1 : 0;
        return rows;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
