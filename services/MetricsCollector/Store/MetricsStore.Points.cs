using Dapper;
using Microsoft.Data.Sqlite;

namespace Maskwright.MetricsCollector;

public sealed partial class MetricsStore
{
    /// <summary>Keeps a batch. All its points are on disk when this returns.</summary>
    /// <returns>False when the batch had been kept before and was skipped.</returns>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    /// <exception cref="MetricsConflictException">The run would get more than <see cref="MaxMetrics"/> metrics.</exception>
    public Task<bool> AppendAsync(PointBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return _database.WriteAsync(connection => Append(connection, batch), cancellationToken);
    }

    /// <summary>Returns series of a run.</summary>
    /// <param name="id">The run.</param>
    /// <param name="metrics">Names, in the order wanted; empty means all, by name. One without points gives an empty series.</param>
    /// <param name="maxPoints">At most this many points a series, see <see cref="Thinning"/>; 0 means all.</param>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    /// <exception cref="MetricsConflictException">The answer would hold more than <see cref="MaxQueryPoints"/> points.</exception>
    public IReadOnlyList<StoredSeries> Query(string id, IReadOnlyList<string> metrics, int maxPoints)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentOutOfRangeException.ThrowIfNegative(maxPoints);
        return _database.Read(IReadOnlyList<StoredSeries> (connection) =>
        {
            var run = FindRow(connection, id) ?? throw new RunNotFoundException(id);
            var known = connection
                .Query<(long Number, string Name, long Points)>(
                    "SELECT number, name, points FROM metrics WHERE run = @Number ORDER BY name", new { run.Number })
                .ToDictionary(row => row.Name, StringComparer.Ordinal);
            var wanted = metrics.Count > 0 ? metrics.Distinct(StringComparer.Ordinal).ToList() : [.. known.Keys];

            var total = wanted.Where(known.ContainsKey)
                .Sum(name => maxPoints == 0 ? known[name].Points : Math.Min(known[name].Points, maxPoints));
            if (total > MaxQueryPoints)
            {
                throw new MetricsConflictException(
                    "TOO_MANY_POINTS",
                    $"The answer would hold {total} points; {MaxQueryPoints} are allowed. "
                    + "Ask for fewer metrics, or set max_points.");
            }

            return wanted.ConvertAll(name => new StoredSeries(name, known.TryGetValue(name, out var metric)
                ? [.. ReadPoints(connection, metric.Number, name, metric.Points, maxPoints)]
                : []));
        });
    }

    private static bool Append(SqliteConnection connection, PointBatch batch)
    {
        var run = FindRow(connection, batch.RunId) ?? throw new RunNotFoundException(batch.RunId);
        var isNew = connection.Execute(
            """
            INSERT INTO clients (run, client, last_sequence) VALUES (@Number, @ClientId, @Sequence)
            ON CONFLICT (run, client) DO UPDATE SET last_sequence = excluded.last_sequence
            WHERE excluded.last_sequence > last_sequence
            """,
            new { run.Number, batch.ClientId, batch.Sequence }) == 1;
        if (!isNew)
            return false;

        using var writer = new PointWriter(connection, run.Number);
        foreach (var series in batch.Points.GroupBy(point => point.Metric, StringComparer.Ordinal))
            writer.Write(series.Key, series);

        var count = connection.ExecuteScalar<long>("SELECT count(*) FROM metrics WHERE run = @Number", new { run.Number });
        if (count > MaxMetrics)
        {
            throw new MetricsConflictException(
                "TOO_MANY_METRICS",
                $"The run '{batch.RunId}' would have {count} metrics; {MaxMetrics} are allowed. Nothing of the batch was kept.");
        }

        return true;
    }

    private static List<StoredSummary> ReadSummaries(SqliteConnection connection, long run) => connection
        .Query<SummaryRow>(
            """
            SELECT name, points, last, minimum, maximum, last_step AS LastStep
            FROM metrics WHERE run = @run ORDER BY name
            """,
            new { run })
        .Select(row => new StoredSummary(
            row.Name,
            row.Points,
            row.Last ?? double.NaN,
            row.Minimum ?? double.NaN,
            row.Maximum ?? double.NaN,
            row.LastStep))
        .ToList();

    private static IEnumerable<StoredPoint> ReadPoints(
        SqliteConnection connection, long metric, string name, long count, int maxPoints)
    {
        var all = ReadAll(connection, metric, name);
        return maxPoints == 0 ? all : Thinning.Apply(all, count, maxPoints);
    }

    private static IEnumerable<StoredPoint> ReadAll(SqliteConnection connection, long metric, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT step, epoch, time, value FROM points WHERE metric = $metric ORDER BY step";
        command.Parameters.AddWithValue("$metric", metric);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return new StoredPoint(
                name,
                reader.GetInt64(0),
                reader.GetInt32(1),
                FromTicks(reader.GetInt64(2)),
                reader.IsDBNull(3) ? double.NaN : reader.GetDouble(3));
        }
    }

    private sealed class SummaryRow
    {
        public string Name { get; init; } = "";

        public long Points { get; init; }

        public double? Last { get; init; }

        public double? Minimum { get; init; }

        public double? Maximum { get; init; }

        public long LastStep { get; init; }
    }
}
