using Microsoft.Data.Sqlite;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Writes points of one run inside one transaction and keeps each metric's summary beside them, so that listing runs
/// never reads points. A summary grows with new points; only where a point is replaced is it counted again.
/// </summary>
internal sealed class PointWriter : IDisposable
{
    private readonly long _run;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _add;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _replace;
    private readonly SqliteCommand _grow;
    private readonly SqliteCommand _recount;

    public PointWriter(SqliteConnection connection, long run)
    {
        _run = run;
        _find = Command(connection, "SELECT number FROM metrics WHERE run = $run AND name = $name", "$run", "$name");
        _add = Command(
            connection,
            "INSERT INTO metrics (run, name, points, last_step) VALUES ($run, $name, 0, -1) RETURNING number",
            "$run",
            "$name");
        _insert = Command(
            connection,
            "INSERT INTO points (metric, step, epoch, time, value) VALUES ($metric, $step, $epoch, $time, $value) "
            + "ON CONFLICT (metric, step) DO NOTHING",
            "$metric",
            "$step",
            "$epoch",
            "$time",
            "$value");
        _replace = Command(
            connection,
            "UPDATE points SET epoch = $epoch, time = $time, value = $value WHERE metric = $metric AND step = $step",
            "$metric",
            "$step",
            "$epoch",
            "$time",
            "$value");
        _grow = Command(
            connection,
            """
            UPDATE metrics SET
                points = points + $points,
                last = CASE WHEN $last_step > last_step THEN $last ELSE last END,
                last_step = max(last_step, $last_step),
                minimum = coalesce(min(minimum, $minimum), minimum, $minimum),
                maximum = coalesce(max(maximum, $maximum), maximum, $maximum)
            WHERE number = $metric
            """,
            "$metric",
            "$points",
            "$last",
            "$last_step",
            "$minimum",
            "$maximum");
        _recount = Command(
            connection,
            """
            UPDATE metrics SET (points, minimum, maximum, last_step) =
                (SELECT count(*), min(value), max(value), max(step) FROM points WHERE metric = $metric),
                last = (SELECT value FROM points WHERE metric = $metric ORDER BY step DESC LIMIT 1)
            WHERE number = $metric
            """,
            "$metric");
    }

    /// <summary>Writes points of one metric, in the order in which they were measured.</summary>
    public void Write(string name, IEnumerable<StoredPoint> points)
    {
        var metric = (long?)Run(_find, _run, name).ExecuteScalar() ?? (long)Run(_add, _run, name).ExecuteScalar()!;
        var added = 0L;
        var replaced = false;
        var (lastStep, last) = (-1L, double.NaN);
        var (minimum, maximum) = (double.NaN, double.NaN);
        foreach (var point in points)
        {
            object[] row = [metric, point.Step, point.Epoch, point.Time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks, Real(point.Value)];
            if (Run(_insert, row).ExecuteNonQuery() == 0)
            {
                Run(_replace, row).ExecuteNonQuery();
                replaced = true;
                continue;
            }

            added++;
            if (point.Step > lastStep)
                (lastStep, last) = (point.Step, point.Value);
            minimum = double.MinNumber(minimum, point.Value);
            maximum = double.MaxNumber(maximum, point.Value);
        }

        if (replaced)
            Run(_recount, metric).ExecuteNonQuery();
        else if (added > 0)
            Run(_grow, metric, added, Real(last), lastStep, Real(minimum), Real(maximum)).ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var command in new[] { _find, _add, _insert, _replace, _grow, _recount })
            command.Dispose();
    }

    private static object Real(double value) => double.IsNaN(value) ? DBNull.Value : value;

    private static SqliteCommand Command(SqliteConnection connection, string text, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    private static SqliteCommand Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        return command;
    }
}
