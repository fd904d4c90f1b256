using Dapper;

namespace Maskwright.MetricsCollector;

/// <content>Taking in exported runs.</content>
public sealed partial class MetricsStore
{
    /// <summary>Takes a run in: it can be seen once it is whole, and leaves nothing when it cannot be.</summary>
    /// <param name="import">The run.</param>
    /// <param name="id">Id to give it; empty for its own.</param>
    /// <param name="cancellationToken">Ends the import, as if it had not begun.</param>
    /// <exception cref="InvalidDataException">It is not whole.</exception>
    /// <exception cref="MetricsConflictException">There is a run of that id.</exception>
    internal async Task<StoredRun> ImportAsync(RunImport import, string id, CancellationToken cancellationToken)
    {
        var imported = ImportedRun.Of(import.Run, id);
        var number = await _database.WriteAsync(
            async connection =>
            {
                if (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM runs WHERE id = @Id", new { imported.Registration.Id }) > 0)
                {
                    throw new MetricsConflictException(
                        MetricsConflictException.Exists, $"There is a run '{imported.Registration.Id}' already. Give another id, or delete that one.");
                }

                return await RunRows.InsertAsync(connection, imported.Registration, RunStatus.Importing, imported.CreateTime);
            },
            cancellationToken);
        try
        {
            await ImportContentAsync(import, number, cancellationToken);
        }
        catch
        {
            await _database.WriteAsync(
                connection => connection.ExecuteAsync("DELETE FROM runs WHERE number = @number", new { number }), CancellationToken.None);
            throw;
        }

        return await _database.WriteAsync(
            async connection =>
            {
                await connection.ExecuteAsync(
                    "UPDATE runs SET status = @status, error_message = @ErrorMessage, end_time = @endTime, idle = @idle WHERE number = @number",
                    new
                    {
                        status = (long)imported.Status,
                        imported.ErrorMessage,
                        endTime = imported.EndTime is { } end ? Ticks.Of(end) : (long?)null,
                        idle = imported.Idle.Ticks,
                        number,
                    });
                await connection.ExecuteAsync("DELETE FROM deleted_runs WHERE id = @Id", new { imported.Registration.Id });
                return (await RunRows.FindAsync(connection, imported.Registration.Id))!;
            },
            CancellationToken.None);
    }

    private async Task ImportContentAsync(RunImport import, long run, CancellationToken cancellationToken)
    {
        var metrics = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var points in import.PointsAsync(cancellationToken))
        {
            metrics.UnionWith(points.Select(point => point.Metric));
            if (metrics.Count > MaxMetrics)
                throw new InvalidDataException($"It has more than {MaxMetrics} metrics.");
            await _database.WriteAsync(
                async connection =>
                {
                    await using var writer = new SeriesWriter(connection);
                    foreach (var series in points.GroupBy(point => point.Metric, StringComparer.Ordinal))
                        await writer.WriteAsync(await writer.FindAsync(run, series.Key) ?? new SeriesState(run, series.Key), GroupPlan.InOrder([.. series]));
                    return true;
                },
                cancellationToken);
        }

        await foreach (var images in import.ImagesAsync(cancellationToken))
        {
            var kept = images.Select((image, i) => RequestCheck.ToImage(image, $"{RunZip.ImagesName}[{i}]")).ToList();
            await _database.WriteAsync(connection => InsertImagesAsync(connection, run, kept), cancellationToken);
        }

        await foreach (var events in import.EventsAsync(cancellationToken))
        {
            var kept = events.Select((line, i) => RequestCheck.ToEvent(line, $"{RunZip.EventsName}[{i}]", _time.GetUtcNow())).ToList();
            await _database.WriteAsync(connection => InsertEventsAsync(connection, run, kept), cancellationToken);
        }
    }
}
