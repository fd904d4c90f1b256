using System.Data.Common;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Where runs are kept. One writer at a time, any number of readers beside it, each of which sees one state of the database.
/// </summary>
internal interface IMetricsDatabase : IAsyncDisposable
{
    /// <summary>What and where it is, for people; without secrets.</summary>
    string Location { get; }

    /// <summary>What was wrong at start, where something was set aside; null otherwise.</summary>
    string? Damage { get; }

    /// <summary>Runs <paramref name="work"/> in a read transaction.</summary>
    /// <exception cref="MetricsDatabaseException">The database cannot be used.</exception>
    Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs <paramref name="work"/> as the only writer; what it wrote is on disk when this returns, or not at all.</summary>
    /// <exception cref="MetricsDatabaseException">The database cannot be used.</exception>
    Task<T> WriteAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken);
}
