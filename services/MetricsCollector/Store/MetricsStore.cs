using Dapper;
using Microsoft.Data.Sqlite;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Runs and their points, kept durably: what a method has returned from survives a crash of the process or the machine.
/// Safe for concurrent use; writes go one after the other, reads run beside them.
/// </summary>
public sealed partial class MetricsStore : IDisposable
{
    /// <summary>Distinct metrics that one run may have.</summary>
    public const int MaxMetrics = 10_000;

    /// <summary>Points that one query may answer with.</summary>
    public const long MaxQueryPoints = 200_000;

    private const string SelectRuns =
        "SELECT number, id, display_name AS DisplayName, options, lineage, tags, note, status, error_message AS ErrorMessage, "
        + "create_time AS CreateTime, end_time AS EndTime FROM runs ";

    private readonly MetricsDatabase _database;
    private readonly TimeProvider _time;

    private MetricsStore(MetricsDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <summary>Absolute path of the database.</summary>
    public string Path => _database.Path;

    /// <summary>Opens the store in the SQLite file <paramref name="path"/>, which is created when it is missing.</summary>
    /// <exception cref="MetricsDatabaseException">The file is damaged, of a later version, or cannot be opened.</exception>
    public static MetricsStore Open(string path, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(time);
        return new MetricsStore(MetricsDatabase.Open(path), time);
    }

    /// <summary>Registers a run. A run that is there with equal options is returned as it stands.</summary>
    /// <exception cref="MetricsConflictException">A run of that id is there with other options.</exception>
    public Task<StoredRun> CreateRunAsync(NewRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var options = MapText.Write(run.Options);
        return _database.WriteAsync(
            connection =>
            {
                connection.Execute(
                    """
                    INSERT INTO runs (id, display_name, options, lineage, tags, note, status, error_message, create_time)
                    VALUES (@Id, @DisplayName, @options, @lineage, @tags, @Note, @status, '', @now)
                    ON CONFLICT (id) DO NOTHING
                    """,
                    new
                    {
                        run.Id,
                        run.DisplayName,
                        options,
                        lineage = MapText.Write(run.Lineage),
                        tags = MapText.Write(run.Tags),
                        run.Note,
                        status = (int)RunStatus.Running,
                        now = ToTicks(_time.GetUtcNow()),
                    });
                var kept = FindRow(connection, run.Id)!;
                if (kept.Options != options)
                {
                    throw new MetricsConflictException(
                        "RUN_HAS_OTHER_OPTIONS",
                        $"The run '{run.Id}' is registered with other options. Register this one under another id.");
                }

                return ToRun(connection, kept);
            },
            cancellationToken);
    }

    /// <summary>Ends a run. Ending one again in the same way changes nothing.</summary>
    /// <param name="id">The run.</param>
    /// <param name="status">Any but <see cref="RunStatus.Running"/>.</param>
    /// <param name="errorMessage">Why it failed; empty otherwise.</param>
    /// <param name="cancellationToken">Gives up waiting for other writers.</param>
    /// <exception cref="RunNotFoundException">There is none of that id.</exception>
    /// <exception cref="MetricsConflictException">It has ended in another way.</exception>
    public Task<StoredRun> FinishRunAsync(
        string id, RunStatus status, string errorMessage, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(status, RunStatus.Running);
        return _database.WriteAsync(
            connection =>
            {
                connection.Execute(
                    """
                    UPDATE runs SET status = @status, error_message = @errorMessage, end_time = @now
                    WHERE id = @id AND status = @running
                    """,
                    new
                    {
                        id,
                        status = (int)status,
                        errorMessage,
                        now = ToTicks(_time.GetUtcNow()),
                        running = (int)RunStatus.Running,
                    });
                var row = FindRow(connection, id) ?? throw new RunNotFoundException(id);
                if (row.Status != (int)status)
                {
                    throw new MetricsConflictException(
                        "RUN_HAS_ENDED", $"The run '{id}' has already ended as {(RunStatus)row.Status}.");
                }

                return ToRun(connection, row);
            },
            cancellationToken);
    }

    /// <summary>Returns a run, or null when there is none of that id.</summary>
    public StoredRun? FindRun(string id) => _database.Read(
        connection => FindRow(connection, id) is { } row ? ToRun(connection, row) : null);

    /// <summary>Returns at most <paramref name="count"/> runs registered before the number <paramref name="before"/>, newest first.</summary>
    public IReadOnlyList<StoredRun> ListRuns(int count, long before = long.MaxValue) => _database.Read(
        IReadOnlyList<StoredRun> (connection) => connection
            .Query<RunRow>(SelectRuns + "WHERE number < @before ORDER BY number DESC LIMIT @count", new { before, count })
            .Select(row => ToRun(connection, row))
            .ToList());

    /// <summary>Deletes a run with its points.</summary>
    /// <exception cref="RunNotFoundException">There is none of that id.</exception>
    public Task DeleteRunAsync(string id, CancellationToken cancellationToken) => _database.WriteAsync(
        connection => connection.Execute("DELETE FROM runs WHERE id = @id", new { id }) == 1
            ? true
            : throw new RunNotFoundException(id),
        cancellationToken);

    /// <summary>Reads a little from the database; for health checks.</summary>
    /// <exception cref="MetricsDatabaseException">It cannot be read.</exception>
    public void Check() => _database.Read(connection => connection.ExecuteScalar<long>("SELECT max(number) FROM runs"));

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private static RunRow? FindRow(SqliteConnection connection, string id) =>
        connection.QuerySingleOrDefault<RunRow>(SelectRuns + "WHERE id = @id", new { id });

    private static StoredRun ToRun(SqliteConnection connection, RunRow row) => new()
    {
        Number = row.Number,
        Registration = new NewRun
        {
            Id = row.Id,
            DisplayName = row.DisplayName,
            Options = MapText.Read(row.Options),
            Lineage = MapText.Read(row.Lineage),
            Tags = MapText.Read(row.Tags),
            Note = row.Note,
        },
        Status = (RunStatus)row.Status,
        ErrorMessage = row.ErrorMessage,
        CreateTime = FromTicks(row.CreateTime),
        EndTime = row.EndTime is { } end ? FromTicks(end) : null,
        Metrics = ReadSummaries(connection, row.Number),
    };

    private static long ToTicks(DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    private static DateTimeOffset FromTicks(long ticks) => DateTimeOffset.UnixEpoch.AddTicks(ticks);

    private sealed class RunRow
    {
        public long Number { get; init; }

        public string Id { get; init; } = "";

        public string DisplayName { get; init; } = "";

        public string Options { get; init; } = "";

        public string Lineage { get; init; } = "";

        public string Tags { get; init; } = "";

        public string Note { get; init; } = "";

        public int Status { get; init; }

        public string ErrorMessage { get; init; } = "";

        public long CreateTime { get; init; }

        public long? EndTime { get; init; }
    }
}
