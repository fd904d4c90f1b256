using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Maskwright.MetricsCollector;

/// <summary>
/// An SQLite file with a write-ahead log. A commit returns when its log pages are on disk (<c>synchronous = FULL</c>).
/// </summary>
internal sealed class SqliteDatabase : IMetricsDatabase
{
    private const int SqliteCorrupt = 11;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;
    private const int SqliteNotADatabase = 26;

    private readonly string _path;
    private readonly string _readers;
    private readonly SqliteConnection _writer;
    private readonly SemaphoreSlim _writing = new(1, 1);

    private SqliteDatabase(string path, SqliteConnection writer, string? damage)
    {
        _path = path;
        _writer = writer;
        Damage = damage;
        _readers = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = true,
        }.ToString();
    }

    /// <inheritdoc/>
    public string Location => _path;

    /// <inheritdoc/>
    public string? Damage { get; }

    /// <summary>Opens or creates the file and its folder. A damaged file is set aside under a name of its own.</summary>
    /// <exception cref="MetricsDatabaseException">It is of a later version or another program, or cannot be opened.</exception>
    public static async Task<SqliteDatabase> OpenAsync(string path, TimeProvider time)
    {
        var full = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            try
            {
                return new SqliteDatabase(full, await ConnectAsync(full), damage: null);
            }
            catch (Exception error) when (error is DamagedFileException or SqliteException { SqliteErrorCode: SqliteCorrupt or SqliteNotADatabase })
            {
                var damage = SetAside(full, error.Message, time.GetUtcNow());
                return new SqliteDatabase(full, await ConnectAsync(full), damage);
            }
        }
        catch (SqliteException error)
        {
            throw Explain(error, full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MetricsDatabaseException(
                $"The metrics database '{full}' or its folder cannot be written: {error.Message} "
                + "Set Metrics__Database to a file in a folder that can be written.",
                error);
        }
    }

    /// <inheritdoc/>
    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await using var connection = new SqliteConnection(_readers);
            await connection.OpenAsync(cancellationToken);
            await using var transaction = connection.BeginTransaction(deferred: true);
            return await work(connection);
        }
        catch (SqliteException error)
        {
            throw Explain(error, _path);
        }
    }

    /// <inheritdoc/>
    public async Task<T> WriteAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await using var transaction = _writer.BeginTransaction(deferred: false);
            var result = await work(_writer);
            await transaction.CommitAsync(CancellationToken.None);
            return result;
        }
        catch (SqliteException error)
        {
            throw Explain(error, _path);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await using (var readers = new SqliteConnection(_readers))
            SqliteConnection.ClearPool(readers);
        await _writer.DisposeAsync();
        _writing.Dispose();
    }

    private static async Task<SqliteConnection> ConnectAsync(string path)
    {
        var writer = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            ForeignKeys = true,
        }.ToString());
        try
        {
            await writer.OpenAsync();
            await writer.ExecuteAsync("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            if (await writer.ExecuteScalarAsync<string>("PRAGMA quick_check(1)") is var check && check != "ok")
                throw new DamagedFileException(check ?? "The check of its pages gave no answer.");
            await MigrateAsync(writer, path);
            return writer;
        }
        catch
        {
            await writer.DisposeAsync();
            throw;
        }
    }

    private static async Task MigrateAsync(SqliteConnection connection, string path)
    {
        await using var transaction = connection.BeginTransaction(deferred: false);
        var version = await connection.ExecuteScalarAsync<int>("PRAGMA user_version");
        Migrations.Check(version, path);
        if (version == 0 && await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM sqlite_schema") > 0)
        {
            throw new MetricsDatabaseException(
                $"'{path}' is an SQLite database of another program. Set Metrics__Database to another file.");
        }

        if (version < Migrations.Steps.Count)
        {
            await Migrations.ApplyAsync(connection, Dialect.Sqlite, version);
            await connection.ExecuteAsync($"PRAGMA user_version = {Migrations.Steps.Count}");
        }

        await transaction.CommitAsync();
    }

    /// <summary>Moves the file and its log away, whole, and says so.</summary>
    private static string SetAside(string path, string reason, DateTimeOffset now)
    {
        var aside = $"{path}.damaged-{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture)}";
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            if (File.Exists(path + suffix))
                File.Move(path + suffix, aside + suffix);
        }

        return $"The metrics database '{path}' is damaged ({reason}). It was set aside as '{aside}', and an empty one was begun; "
            + "to have the old runs back, stop the collector and put a copy of it in its place.";
    }

    private static MetricsDatabaseException Explain(SqliteException error, string path) => new(
        error.SqliteErrorCode switch
        {
            SqliteCorrupt or SqliteNotADatabase =>
                $"The metrics database '{path}' is damaged ({error.Message}). Start the collector again: it sets the file aside "
                + "and begins an empty one.",
            SqliteFull => $"The disk of the metrics database '{path}' is full. Free some space and send it again; nothing of it was kept.",
            SqliteCannotOpen => $"The metrics database '{path}' cannot be opened ({error.Message}). "
                + "Check that the path is a file that this user may write, or set Metrics__Database to another.",
            _ => $"The metrics database '{path}' answered: {error.Message}",
        },
        error)
    {
        IsFull = error.SqliteErrorCode == SqliteFull,
    };

    private sealed class DamagedFileException(string message) : Exception(message);
}
