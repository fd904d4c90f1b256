using System.Data.Common;
using Dapper;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Runs and what they logged, kept durably: what a method has returned from survives a crash of the process or the machine.
/// Safe for concurrent use; writes go one after the other, reads run beside them.
/// </summary>
public sealed partial class MetricsStore : IAsyncDisposable
{
    /// <summary>Distinct metrics that one run may have.</summary>
    public const int MaxMetrics = 10_000;

    /// <summary>Points that one query may answer with.</summary>
    public const long MaxQueryPoints = 200_000;

    /// <summary>Options, tags or lineage entries that one run may have.</summary>
    public const int MaxAttributes = 200;

    private readonly IMetricsDatabase _database;
    private readonly GroupCommit _points;
    private readonly TimeProvider _time;

    private MetricsStore(IMetricsDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
        _points = new GroupCommit(database, Feed.Publish);
    }

    /// <summary>What and where the database is, for people.</summary>
    public string Location => _database.Location;

    /// <summary>What was wrong at start, where a damaged database was set aside; null otherwise.</summary>
    public string? Damage => _database.Damage;

    /// <summary>Tells of what is kept, as it is kept.</summary>
    internal RunFeed Feed { get; } = new();

    /// <summary>Opens the store in the SQLite file <paramref name="path"/>, which is created when it is missing.</summary>
    /// <exception cref="MetricsDatabaseException">The file is of a later version, of another program, or cannot be opened.</exception>
    public static async Task<MetricsStore> OpenSqliteAsync(string path, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(time);
        return await OpenAsync(await SqliteDatabase.OpenAsync(path, time), time);
    }

    /// <summary>Opens the store in a PostgreSQL database.</summary>
    /// <exception cref="MetricsDatabaseException">It cannot be reached, or its schema is of a later version.</exception>
    public static async Task<MetricsStore> OpenPostgresAsync(string connectionString, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        ArgumentNullException.ThrowIfNull(time);
        return await OpenAsync(await PostgresDatabase.OpenAsync(connectionString), time);
    }

    /// <summary>Registers a run. A run that is there with equal options is returned as it stands.</summary>
    /// <exception cref="MetricsConflictException">A run of that id is there with other options, or was deleted.</exception>
    public async Task<StoredRun> CreateRunAsync(NewRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var created = await _database.WriteAsync(
            async connection =>
            {
                if (await RunRows.FindAsync(connection, run.Id) is { } kept)
                {
                    return kept.Registration.Options.Count == run.Options.Count && !kept.Registration.Options.Except(run.Options).Any()
                        ? kept
                        : throw new MetricsConflictException(
                            "RUN_HAS_OTHER_OPTIONS",
                            $"The run '{run.Id}' is registered with other options. Register this one under another id.");
                }

                if (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM deleted_runs WHERE id = @Id", new { run.Id }) > 0)
                {
                    throw new MetricsConflictException(
                        "RUN_WAS_DELETED",
                        $"The run '{run.Id}' was deleted, and its id stays taken. Register this one under another id, or import an export of it.");
                }

                await RunRows.InsertAsync(connection, run, RunStatus.Running, _time.GetUtcNow());
                return (await RunRows.FindAsync(connection, run.Id))!;
            },
            cancellationToken);
        Feed.Publish(created);
        return created;
    }

    /// <summary>Ends a run. Ending one again in the same way changes nothing.</summary>
    /// <param name="id">The run.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="errorMessage">Why it failed; empty otherwise.</param>
    /// <param name="cancellationToken">Gives up waiting for other writers.</param>
    /// <exception cref="RunNotFoundException">There is none of that id.</exception>
    /// <exception cref="MetricsConflictException">It has ended in another way.</exception>
    public Task<StoredRun> FinishRunAsync(
        string id, RunStatus status, string errorMessage, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual((int)status, (int)RunStatus.Running, nameof(status));
        return ChangeAsync(
            id,
            async (connection, run) =>
            {
                if (run.Status == status)
                    return;
                if (run.Status != RunStatus.Running)
                    throw new MetricsConflictException("RUN_HAS_ENDED", $"The run '{id}' has already ended as {run.Status}.");
                await connection.ExecuteAsync(
                    "UPDATE runs SET status = @status, error_message = @errorMessage, end_time = @now WHERE number = @Number",
                    new { status = (long)status, errorMessage, now = Ticks.Of(_time.GetUtcNow()), run.Number });
            },
            cancellationToken);
    }

    /// <summary>Takes an ended run as running again. One that is running stays as it is.</summary>
    /// <exception cref="RunNotFoundException">There is none of that id.</exception>
    /// <exception cref="MetricsConflictException">It has succeeded.</exception>
    public Task<StoredRun> ReopenRunAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            async (connection, run) =>
            {
                if (run.Status == RunStatus.Succeeded)
                    throw new MetricsConflictException("RUN_HAS_ENDED", $"The run '{id}' has succeeded: nothing of it is left to be done.");
                await connection.ExecuteAsync(
                    "UPDATE runs SET status = @status, error_message = '', idle = idle + coalesce(@now - end_time, 0), end_time = NULL WHERE number = @Number",
                    new { status = (long)RunStatus.Running, now = Ticks.Of(_time.GetUtcNow()), run.Number });
            },
            cancellationToken);

    /// <summary>Sets and removes tags.</summary>
    /// <exception cref="RunNotFoundException">There is none of that id.</exception>
    /// <exception cref="MetricsConflictException">The run would have more than <see cref="MaxAttributes"/> tags.</exception>
    public Task<StoredRun> TagRunAsync(
        string id, IReadOnlyDictionary<string, string> set, IReadOnlyCollection<string> remove, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            async (connection, run) =>
            {
                var names = run.Registration.Tags.Keys.Except(remove, StringComparer.Ordinal).Union(set.Keys, StringComparer.Ordinal);
                if (names.Count() is var count && count > MaxAttributes)
                {
                    throw new MetricsConflictException(
                        "TOO_MANY_TAGS", $"The run '{id}' would have {count} tags; {MaxAttributes} are allowed. None was changed.");
                }

                if (remove.Count > 0)
                    await Attributes.RemoveAsync(connection, run.Number, AttributeKind.Tag, remove);
                await Attributes.WriteAsync(connection, run.Number, AttributeKind.Tag, set);
            },
            cancellationToken);

    /// <summary>Sets the note.</summary>
    /// <exception cref="RunNotFoundException">There is none of that id.</exception>
    public Task<StoredRun> NoteRunAsync(string id, string note, CancellationToken cancellationToken) => ChangeAsync(
        id,
        (connection, run) => connection.ExecuteAsync("UPDATE runs SET note = @note WHERE number = @Number", new { note, run.Number }),
        cancellationToken);

    /// <summary>Returns a run, or null when there is none of that id.</summary>
    public Task<StoredRun?> FindRunAsync(string id, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => RunRows.FindAsync(connection, id), cancellationToken);

    /// <summary>Deletes a run with its points, images and events; its id stays taken.</summary>
    /// <exception cref="RunNotFoundException">There is none of that id.</exception>
    public async Task DeleteRunAsync(string id, CancellationToken cancellationToken)
    {
        await _database.WriteAsync(
            async connection =>
            {
                var run = await Senders.RunAsync(connection, id);
                await connection.ExecuteAsync("DELETE FROM runs WHERE number = @run", new { run });
                await connection.ExecuteAsync(
                    "INSERT INTO deleted_runs (id, time) VALUES (@id, @now) ON CONFLICT (id) DO NOTHING",
                    new { id, now = Ticks.Of(_time.GetUtcNow()) });
                return true;
            },
            cancellationToken);
        Feed.Delete(id);
    }

    /// <summary>Ended runs that retention may delete: those without the tag <c>keep</c> that ended before a time, oldest first.</summary>
    public Task<IReadOnlyList<string>> ExpiredRunsAsync(DateTimeOffset endedBefore, int count, CancellationToken cancellationToken) =>
        _database.ReadAsync<IReadOnlyList<string>>(
            async connection => [.. await connection.QueryAsync<string>(
                """
                SELECT id FROM runs r
                WHERE end_time < @before AND status > @running
                    AND NOT EXISTS (SELECT 1 FROM attributes a WHERE a.run = r.number AND a.kind = @tag AND a.name = 'keep')
                ORDER BY end_time, number LIMIT @count
                """,
                new { before = Ticks.Of(endedBefore), running = (long)RunStatus.Running, tag = (long)AttributeKind.Tag, count })],
            cancellationToken);

    /// <summary>Reads a little from the database; for health checks.</summary>
    /// <exception cref="MetricsDatabaseException">It cannot be read.</exception>
    public Task CheckAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => connection.ExecuteScalarAsync<long?>("SELECT max(number) FROM runs"), cancellationToken);

    /// <summary>Writes the points that wait, and closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await _points.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static async Task<MetricsStore> OpenAsync(IMetricsDatabase database, TimeProvider time)
    {
        // An import that was cut off has not happened.
        await database.WriteAsync(
            connection => connection.ExecuteAsync("DELETE FROM runs WHERE status = @hidden", new { hidden = (long)RunStatus.Importing }),
            CancellationToken.None);
        return new MetricsStore(database, time);
    }

    private async Task<StoredRun> ChangeAsync(string id, Func<DbConnection, StoredRun, Task> change, CancellationToken cancellationToken)
    {
        var changed = await _database.WriteAsync(
            async connection =>
            {
                await change(connection, await RunRows.FindAsync(connection, id) ?? throw new RunNotFoundException(id));
                return (await RunRows.FindAsync(connection, id))!;
            },
            cancellationToken);
        Feed.Publish(changed);
        return changed;
    }
}
