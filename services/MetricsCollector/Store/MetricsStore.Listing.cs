using Dapper;

namespace Maskwright.MetricsCollector;

/// <content>Lists of runs.</content>
public sealed partial class MetricsStore
{
    /// <summary>Returns a page of runs.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="order">In which order; of equals the newest first.</param>
    /// <param name="count">At most this many, from 1.</param>
    /// <param name="after">Where the page before ended; null for the first.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    internal Task<RunPage> ListRunsAsync(
        RunFilter filter, RunOrder order, int count, RunPlace? after, CancellationToken cancellationToken) => _database.ReadAsync(
        async connection =>
        {
            var parameters = new DynamicParameters();
            parameters.Add("hidden", (long)RunStatus.Importing);
            parameters.Add("count", count + 1L);
            var sql = $"""
                SELECT * FROM (
                    SELECT {RunRows.Columns}, {order.Sql(parameters)} AS SortValue FROM runs r
                    WHERE r.status <> @hidden AND ({filter.Sql(parameters)})
                ) listed
                WHERE {order.SqlAfter(after, parameters)}
                ORDER BY SortValue {(order.Descending ? "DESC" : "ASC")} NULLS LAST, Number DESC
                LIMIT @count
                """;
            var rows = (await connection.QueryAsync<RunRow>(new CommandDefinition(sql, parameters, flags: CommandFlags.Buffered | CommandFlags.NoCache))).ToList();
            var more = rows.Count > count;
            if (more)
                rows.RemoveAt(count);
            return new RunPage(
                await RunRows.CompleteAsync(connection, rows),
                more ? new RunPlace(rows[^1].SortValue, rows[^1].Number) : null);
        },
        cancellationToken);
}

/// <summary>A page of a list of runs.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Last">Where it ended; null on the last page.</param>
internal sealed record RunPage(IReadOnlyList<StoredRun> Runs, RunPlace? Last);

/// <summary>A place in a list of runs.</summary>
/// <param name="SortValue">What the list is sorted by, at that place: text, an integer, a number or null.</param>
/// <param name="Number">Number of the run there.</param>
internal sealed record RunPlace(object? SortValue, long Number);
