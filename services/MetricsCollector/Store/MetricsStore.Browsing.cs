using Dapper;

namespace Maskwright.MetricsCollector;

/// <content>Lists of runs as people turn them over: by the number of a page, by groups, with what there is to choose from.</content>
public sealed partial class MetricsStore
{
    /// <summary>Groups of one list; more say nothing.</summary>
    private const int MaxGroups = 200;

    /// <summary>Returns some of the runs, and how many there are.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="order">In which order; of equals the newest first.</param>
    /// <param name="skip">How many are left out at the start, from 0.</param>
    /// <param name="count">At most this many, from 1.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    internal Task<RunSlice> BrowseRunsAsync(RunFilter filter, RunOrder order, int skip, int count, CancellationToken cancellationToken) =>
        _database.ReadAsync(
            async connection =>
            {
                var (parameters, where) = Where(filter);
                var total = await connection.ExecuteScalarAsync<long>(Uncached($"SELECT count(*) FROM runs r {where}", parameters));
                parameters.Add("skip", skip);
                parameters.Add("count", count);
                var rows = (await connection.QueryAsync<RunRow>(Uncached(
                    $"""
                    SELECT {RunRows.Columns}, {order.Sql(parameters)} AS SortValue FROM runs r {where}
                    ORDER BY SortValue {(order.Descending ? "DESC" : "ASC")} NULLS LAST, Number DESC LIMIT @count OFFSET @skip
                    """,
                    parameters))).ToList();
                return new RunSlice(await RunRows.CompleteAsync(connection, rows), total);
            },
            cancellationToken);

    /// <summary>Groups runs by what a field says, the largest group first.</summary>
    /// <param name="filter">Which runs.</param>
    /// <param name="field">What they are grouped by.</param>
    /// <param name="metric">The metric whose best value each group is told with.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    internal Task<IReadOnlyList<RunGroup>> GroupRunsAsync(RunFilter filter, RunField field, string metric, CancellationToken cancellationToken) =>
        _database.ReadAsync<IReadOnlyList<RunGroup>>(
            async connection =>
            {
                var (parameters, where) = Where(filter);
                parameters.Add("metric", metric);
                parameters.Add("running", (long)RunStatus.Running);
                parameters.Add("groups", MaxGroups);
                var rows = await connection.QueryAsync<GroupRow>(Uncached(
                    $"""
                    SELECT Value, count(*) AS Runs, sum(Running) AS Running, max(Highest) AS Highest, min(Lowest) AS Lowest FROM (
                        SELECT {field.ValueSql(parameters)} AS Value, CASE WHEN r.status = @running THEN 1 ELSE 0 END AS Running,
                            s.maximum AS Highest, s.minimum AS Lowest
                        FROM runs r LEFT JOIN series s ON s.run = r.number AND s.name = @metric {where}
                    ) listed GROUP BY Value ORDER BY count(*) DESC, Value LIMIT @groups
                    """,
                    parameters));
                return [.. rows.Select(row => new RunGroup(row.Value, row.Runs, row.Running, row.Lowest, row.Highest))];
            },
            cancellationToken);

    /// <summary>Names of everything that runs can be filtered and sorted by.</summary>
    internal Task<RunNames> RunNamesAsync(CancellationToken cancellationToken) => _database.ReadAsync(
        async connection =>
        {
            var attributes = (await connection.QueryAsync<(long Kind, string Name)>("SELECT DISTINCT kind, name FROM attributes ORDER BY kind, name"))
                .ToLookup(row => (AttributeKind)row.Kind, row => row.Name);
            var metrics = await connection.QueryAsync<string>("SELECT DISTINCT name FROM series ORDER BY name");
            return new RunNames(
                [.. attributes[AttributeKind.Option]], [.. attributes[AttributeKind.Tag]], [.. attributes[AttributeKind.Lineage]], [.. metrics]);
        },
        cancellationToken);

    private static (DynamicParameters Parameters, string Where) Where(RunFilter filter)
    {
        var parameters = new DynamicParameters();
        parameters.Add("hidden", (long)RunStatus.Importing);
        return (parameters, $"WHERE r.status <> @hidden AND ({filter.Sql(parameters)})");
    }

    // Filters are people's own: what is compiled for one is of no use to the next.
    private static CommandDefinition Uncached(string sql, DynamicParameters parameters) =>
        new(sql, parameters, flags: CommandFlags.Buffered | CommandFlags.NoCache);

    private sealed class GroupRow
    {
        public string? Value { get; init; }

        public long Runs { get; init; }

        public long Running { get; init; }

        public double? Highest { get; init; }

        public double? Lowest { get; init; }
    }
}

/// <summary>Some of the runs of a list.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Total">How many the whole list has.</param>
internal sealed record RunSlice(IReadOnlyList<StoredRun> Runs, long Total);

/// <summary>Runs of which a field says the same.</summary>
/// <param name="Value">What it says; null where it is missing.</param>
/// <param name="Runs">How many they are.</param>
/// <param name="Running">How many of them have not ended.</param>
/// <param name="Lowest">Smallest value of the metric asked for; null where none has it.</param>
/// <param name="Highest">Its largest value.</param>
public sealed record RunGroup(string? Value, long Runs, long Running, double? Lowest, double? Highest);

/// <summary>What runs can be filtered, sorted and grouped by, each in order.</summary>
public sealed record RunNames(
    IReadOnlyList<string> Options, IReadOnlyList<string> Tags, IReadOnlyList<string> Lineage, IReadOnlyList<string> Metrics);
