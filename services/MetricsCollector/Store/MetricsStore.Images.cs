using System.Data.Common;
using Dapper;

namespace Maskwright.MetricsCollector;

/// <content>Images and events.</content>
public sealed partial class MetricsStore
{
    /// <summary>Keeps references to images.</summary>
    /// <returns>False when they had been kept before and were skipped.</returns>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public Task<bool> AddImagesAsync(string id, Sender sender, IReadOnlyList<StoredImage> images, CancellationToken cancellationToken) =>
        AddAsync(id, SenderKind.Images, sender, (connection, run) => InsertImagesAsync(connection, run, images), cancellationToken);

    /// <summary>Keeps events.</summary>
    /// <returns>False when they had been kept before and were skipped.</returns>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public Task<bool> AddEventsAsync(string id, Sender sender, IReadOnlyList<StoredEvent> events, CancellationToken cancellationToken) =>
        AddAsync(id, SenderKind.Events, sender, (connection, run) => InsertEventsAsync(connection, run, events), cancellationToken);

    /// <summary>Returns references to images by step and sample.</summary>
    /// <param name="id">The run.</param>
    /// <param name="step">Only this step; null means all.</param>
    /// <param name="sample">Only this sample; empty means all.</param>
    /// <param name="after">Where the page before ended; null for the first.</param>
    /// <param name="count">At most this many.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public Task<IReadOnlyList<StoredImage>> ListImagesAsync(
        string id, long? step, string sample, (long Step, string Sample)? after, int count, CancellationToken cancellationToken) =>
        _database.ReadAsync<IReadOnlyList<StoredImage>>(
            async connection =>
            {
                var (first, last) = step is { } only ? (only, only) : (0, long.MaxValue);
                var (afterStep, afterSample) = after ?? (-1, "");
                return [.. await connection.QueryAsync<StoredImage>(
                    """
                    SELECT step AS Step, sample AS SampleKey, image_key AS ImageKey, truth_key AS TruthKey, prediction_key AS PredictionKey
                    FROM images WHERE run = @run AND step BETWEEN @first AND @last AND (sample = @sample OR @sample = '')
                        AND (step > @afterStep OR (step = @afterStep AND sample > @afterSample))
                    ORDER BY step, sample LIMIT @count
                    """,
                    new { run = await Senders.RunAsync(connection, id), first, last, sample, afterStep, afterSample, count })];
            },
            cancellationToken);

    /// <summary>Returns the steps that have images, ascending.</summary>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public Task<IReadOnlyList<long>> ListImageStepsAsync(string id, CancellationToken cancellationToken) =>
        _database.ReadAsync<IReadOnlyList<long>>(
            async connection => [.. await connection.QueryAsync<long>(
                "SELECT DISTINCT step FROM images WHERE run = @run ORDER BY step", new { run = await Senders.RunAsync(connection, id) })],
            cancellationToken);

    /// <summary>Returns the last events before one, in the order in which they were kept.</summary>
    /// <param name="id">The run.</param>
    /// <param name="before">Only those with a lower number.</param>
    /// <param name="count">At most this many.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public Task<IReadOnlyList<StoredEvent>> ListLastEventsAsync(string id, long before, int count, CancellationToken cancellationToken) =>
        _database.ReadAsync<IReadOnlyList<StoredEvent>>(
            async connection => [.. (await EventsAsync(connection, id, "number < @place ORDER BY number DESC", before, count)).Reverse()],
            cancellationToken);

    /// <summary>Returns events in the order in which they were kept.</summary>
    /// <param name="id">The run.</param>
    /// <param name="after">Only those with a higher number.</param>
    /// <param name="count">At most this many.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public Task<IReadOnlyList<StoredEvent>> ListEventsAsync(string id, long after, int count, CancellationToken cancellationToken) =>
        _database.ReadAsync<IReadOnlyList<StoredEvent>>(
            async connection => [.. await EventsAsync(connection, id, "number > @place ORDER BY number", after, count)],
            cancellationToken);

    private static async Task<IEnumerable<StoredEvent>> EventsAsync(DbConnection connection, string id, string which, long place, int count)
    {
        var rows = await connection.QueryAsync<(long Number, long Time, string Level, string Text)>(
            $"SELECT number, time, level, text FROM events WHERE run = @run AND {which} LIMIT @count",
            new { run = await Senders.RunAsync(connection, id), place, count });
        return rows.Select(row => new StoredEvent(row.Number, Ticks.ToTime(row.Time), row.Level, row.Text));
    }

    private async Task<bool> AddAsync(
        string id, SenderKind kind, Sender sender, Func<DbConnection, long, Task<bool>> insert, CancellationToken cancellationToken)
    {
        var isNew = await _database.WriteAsync(
            async connection =>
            {
                var run = await Senders.RunAsync(connection, id);
                if (sender.Sequence <= await Senders.LastAsync(connection, run, kind, sender.ClientId))
                    return false;
                await Senders.SetAsync(connection, run, kind, sender.ClientId, sender.Sequence);
                return await insert(connection, run);
            },
            cancellationToken);
        if (isNew)
            Feed.PublishMore(id, images: kind == SenderKind.Images, events: kind == SenderKind.Events);
        return isNew;
    }

    private static async Task<bool> InsertImagesAsync(DbConnection connection, long run, IReadOnlyList<StoredImage> images)
    {
        foreach (var image in images)
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO images (run, step, sample, image_key, truth_key, prediction_key)
                VALUES (@run, @Step, @SampleKey, @ImageKey, @TruthKey, @PredictionKey)
                ON CONFLICT (run, step, sample) DO UPDATE SET image_key = excluded.image_key,
                    truth_key = excluded.truth_key, prediction_key = excluded.prediction_key
                """,
                new { run, image.Step, image.SampleKey, image.ImageKey, image.TruthKey, image.PredictionKey });
        }

        return true;
    }

    private static async Task<bool> InsertEventsAsync(DbConnection connection, long run, IReadOnlyList<StoredEvent> events)
    {
        foreach (var line in events)
        {
            await connection.ExecuteAsync(
                "INSERT INTO events (run, time, level, text) VALUES (@run, @time, @Level, @Text)",
                new { run, time = Ticks.Of(line.Time), line.Level, line.Text });
        }

        return true;
    }
}

/// <summary>Who sends, and the how-manieth time.</summary>
/// <param name="ClientId">Who.</param>
/// <param name="Sequence">From 1; what is at or below the last one kept is skipped.</param>
public readonly record struct Sender(string ClientId, long Sequence);

/// <summary>Objects that show one step of one image.</summary>
public sealed record StoredImage
{
    /// <summary>Step, from 0.</summary>
    public required long Step { get; init; }

    /// <summary>Key of the sample.</summary>
    public required string SampleKey { get; init; }

    /// <summary>Object key of the image.</summary>
    public required string ImageKey { get; init; }

    /// <summary>Object key of the true mask; may be empty.</summary>
    public required string TruthKey { get; init; }

    /// <summary>Object key of the predicted mask; may be empty.</summary>
    public required string PredictionKey { get; init; }
}

/// <summary>A line of text.</summary>
/// <param name="Number">Grows from event to event; 0 before it is kept.</param>
/// <param name="Time">When it was said.</param>
/// <param name="Level">info, warning or error.</param>
/// <param name="Text">The line.</param>
public sealed record StoredEvent(long Number, DateTimeOffset Time, string Level, string Text);
