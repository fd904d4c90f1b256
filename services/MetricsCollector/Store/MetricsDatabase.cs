using Dapper;
using Microsoft.Data.Sqlite;

namespace Maskwright.MetricsCollector;

/// <summary>
/// The SQLite file: opens it, brings its schema up to date and hands out connections. One connection writes, any number
/// read beside it (write-ahead log). A commit returns when its log pages are on disk (<c>synchronous = FULL</c>).
/// </summary>
internal sealed class MetricsDatabase : IDisposable
{
    private const int SqliteCorrupt = 11;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;
    private const int SqliteNotADatabase = 26;

    private readonly string _readers;
    private readonly SqliteConnection _writer;
    private readonly SemaphoreSlim _writing = new(1, 1);

    private MetricsDatabase(string path, SqliteConnection writer)
    {
        Path = path;
        _writer = writer;
        _readers = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = true,
        }.ToString();
    }

    /// <summary>Absolute path of the file.</summary>
    public string Path { get; }

    /// <summary>Opens or creates the file and its folder.</summary>
    /// <exception cref="MetricsDatabaseException">It is damaged, of a later version, or cannot be opened.</exception>
    public static MetricsDatabase Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        SqliteConnection? writer = null;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
            writer = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = full,
                Mode = SqliteOpenMode.ReadWriteCreate,
                Pooling = false,
                ForeignKeys = true,
            }.ToString());
            writer.Open();
            writer.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            Migrate(writer, full);
            return new MetricsDatabase(full, writer);
        }
        catch (SqliteException error)
        {
            writer?.Dispose();
            throw Explain(error, full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            writer?.Dispose();
            throw new MetricsDatabaseException(
                $"The folder of the metrics database '{full}' cannot be created: {error.Message} "
                + "Set Metrics__Database to a file in a folder that can be written.",
                error);
        }
        catch
        {
            writer?.Dispose();
            throw;
        }
    }

    /// <summary>Runs <paramref name="work"/> in a read transaction: it sees one state of the database.</summary>
    public T Read<T>(Func<SqliteConnection, T> work)
    {
        try
        {
            using var connection = new SqliteConnection(_readers);
            connection.Open();
            using var transaction = connection.BeginTransaction(deferred: true);
            return work(connection);
        }
        catch (SqliteException error)
        {
            throw Explain(error, Path);
        }
    }

    /// <summary>Runs <paramref name="work"/> as the only writer; what it wrote is on disk when this returns, or not at all.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            using var transaction = _writer.BeginTransaction(deferred: false);
            var result = work(_writer);
            transaction.Commit();
            return result;
        }
        catch (SqliteException error)
        {
            throw Explain(error, Path);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using (var readers = new SqliteConnection(_readers))
            SqliteConnection.ClearPool(readers);
        _writer.Dispose();
        _writing.Dispose();
    }

    private static void Migrate(SqliteConnection connection, string path)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var version = connection.ExecuteScalar<int>("PRAGMA user_version");
        if (version > Migrations.Steps.Count)
        {
            throw new MetricsDatabaseException(
                $"The metrics database '{path}' has schema version {version}, but this program knows versions up to "
                + $"{Migrations.Steps.Count}. Start the newer program that wrote it, or set Metrics__Database to another file.");
        }

        if (version == 0 && connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema") > 0)
        {
            throw new MetricsDatabaseException(
                $"'{path}' is an SQLite database of another program. Set Metrics__Database to another file.");
        }

        for (; version < Migrations.Steps.Count; version++)
            connection.Execute($"{Migrations.Steps[version]} PRAGMA user_version = {version + 1};");
        transaction.Commit();
    }

    private static MetricsDatabaseException Explain(SqliteException error, string path) => new(
        error.SqliteErrorCode switch
        {
            SqliteCorrupt or SqliteNotADatabase =>
                $"The metrics database '{path}' is damaged ({error.Message}). Move the file and its -wal and -shm files "
                + "away to start with an empty one, or put a copy in its place.",
            SqliteFull => $"The disk of the metrics database '{path}' is full. Free some space and send the points again.",
            SqliteCannotOpen => $"The metrics database '{path}' cannot be opened ({error.Message}). "
                + "Check that the path is a file that this user may write, or set Metrics__Database to another.",
            _ => $"The metrics database '{path}' answered: {error.Message}",
        },
        error);
}
