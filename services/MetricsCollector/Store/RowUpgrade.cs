using System.Data.Common;
using System.Text.Json;
using Dapper;

namespace Maskwright.MetricsCollector;

/// <summary>Carries what version 1 of the schema holds over to version 2, and drops what is then empty.</summary>
internal static class RowUpgrade
{
    private const string SelectPoints = "SELECT step, epoch, time, value FROM points WHERE metric = @metric AND step > @after ORDER BY step LIMIT 10240";

    public static async Task ApplyAsync(DbConnection connection)
    {
        var maps = await connection.QueryAsync<(long Number, string Options, string Lineage, string Tags)>("SELECT number, options, lineage, tags FROM runs");
        foreach (var run in maps.ToList())
        {
            await Attributes.WriteAsync(connection, run.Number, AttributeKind.Option, Map(run.Options));
            await Attributes.WriteAsync(connection, run.Number, AttributeKind.Lineage, Map(run.Lineage));
            await Attributes.WriteAsync(connection, run.Number, AttributeKind.Tag, Map(run.Tags));
        }

        await using (var writer = new SeriesWriter(connection))
        {
            var metrics = await connection.QueryAsync<(long Number, long Run, string Name)>("SELECT number, run, name FROM metrics");
            foreach (var metric in metrics.ToList())
                await CopyAsync(connection, writer, metric.Number, metric.Run, metric.Name);
        }

        await connection.ExecuteAsync(
            """
            INSERT INTO senders (run, kind, client, last_sequence) SELECT run, 1, client, last_sequence FROM clients;
            DROP TABLE points;
            DROP TABLE metrics;
            DROP TABLE clients;
            ALTER TABLE runs DROP COLUMN options;
            ALTER TABLE runs DROP COLUMN lineage;
            ALTER TABLE runs DROP COLUMN tags;
            """);
    }

    private static async Task CopyAsync(DbConnection connection, SeriesWriter writer, long metric, long run, string name)
    {
        var series = await writer.FindAsync(run, name) ?? new SeriesState(run, name);
        for (var after = -1L; ;)
        {
            var rows = await connection.QueryAsync<(long Step, long Epoch, long Time, double? Value)>(SelectPoints, new { metric, after });
            var points = rows
                .Select(row => new StoredPoint(name, row.Step, (int)row.Epoch, Ticks.ToTime(row.Time), row.Value ?? double.NaN))
                .ToArray();
            if (points.Length == 0)
                return;
            await writer.WriteAsync(series, points);
            after = points[^1].Step;
        }
    }

    private static Dictionary<string, string> Map(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject()
            .ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!, StringComparer.Ordinal);
    }
}
