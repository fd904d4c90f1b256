using System.Data;
using System.Data.Common;
using Dapper;
using Npgsql;

namespace Maskwright.MetricsCollector;

/// <summary>
/// A PostgreSQL database. An advisory lock makes the writers of all collectors that share it wait for each other, so that
/// what holds for one writer of an SQLite file holds here.
/// </summary>
internal sealed class PostgresDatabase : IMetricsDatabase
{
    // Any number will do, as long as every collector takes the same.
    private const long WriterLock = 0x6d61736b;
    private const string VersionTable = "maskwright_schema";

    private readonly NpgsqlDataSource _source;

    private PostgresDatabase(NpgsqlDataSource source, string location)
    {
        _source = source;
        Location = location;
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public string? Damage => null;

    /// <summary>Connects and brings the schema up to date.</summary>
    /// <exception cref="MetricsDatabaseException">The server cannot be reached, or the schema is of a later version.</exception>
    public static async Task<PostgresDatabase> OpenAsync(string connectionString)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 64, AutoPrepareMinUsages = 2 };
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            // The text may hold a password: only the parser's own words are shown.
            throw new MetricsDatabaseException(
                $"ConnectionStrings__metrics is no connection string of PostgreSQL: {error.Message} "
                + "'Host=…;Database=…;Username=…;Password=…' is expected.",
                error);
        }

        var database = new PostgresDatabase(
            NpgsqlDataSource.Create(settings), $"PostgreSQL database '{settings.Database}' on {settings.Host}:{settings.Port}");
        try
        {
            await database.WriteAsync(database.MigrateAsync, CancellationToken.None);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            return await work(connection);
        }
        catch (NpgsqlException error)
        {
            throw Explain(error);
        }
    }

    /// <inheritdoc/>
    public async Task<T> WriteAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(@WriterLock)", new { WriterLock });
            var result = await work(connection);
            await transaction.CommitAsync(CancellationToken.None);
            return result;
        }
        catch (NpgsqlException error)
        {
            throw Explain(error);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<bool> MigrateAsync(DbConnection connection)
    {
        await connection.ExecuteAsync($"CREATE TABLE IF NOT EXISTS {VersionTable} (version BIGINT NOT NULL)");
        var version = await connection.ExecuteScalarAsync<long?>($"SELECT max(version) FROM {VersionTable}") ?? 0;
        Migrations.Check(version, Location);
        if (version < Migrations.Steps.Count)
        {
            await Migrations.ApplyAsync(connection, Dialect.Postgres, (int)version);
            await connection.ExecuteAsync($"INSERT INTO {VersionTable} (version) VALUES ({Migrations.Steps.Count})");
            // What is packed already gains nothing from being packed again.
            await connection.ExecuteAsync("ALTER TABLE blocks ALTER COLUMN data SET STORAGE EXTERNAL");
        }

        return true;
    }

    private MetricsDatabaseException Explain(NpgsqlException error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new(
            $"The disk of the {Location} is full. Free some space and send it again; nothing of it was kept.", error)
        {
            IsFull = true,
        },
        PostgresException refused => new($"The {Location} answered: {refused.MessageText} (SQLSTATE {refused.SqlState})", error),
        _ => new(
            $"The {Location} cannot be reached: {(error.InnerException ?? error).Message} "
            + "Check that the server runs and that ConnectionStrings__metrics is right.",
            error),
    };
}
