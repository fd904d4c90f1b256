using System.Data.Common;
using Dapper;

namespace Maskwright.MetricsCollector;

/// <summary>Runs as rows.</summary>
internal static class RunRows
{
    /// <summary>Columns of <c>runs r</c> as <see cref="RunRow"/> takes them.</summary>
    public const string Columns =
        "r.number AS Number, r.id AS Id, r.display_name AS DisplayName, r.note AS Note, r.status AS Status, "
        + "r.error_message AS ErrorMessage, r.create_time AS CreateTime, r.end_time AS EndTime, r.idle AS Idle";

    /// <summary>A run that can be seen, or null.</summary>
    public static async Task<StoredRun?> FindAsync(DbConnection connection, string id)
    {
        var row = await connection.QuerySingleOrDefaultAsync<RunRow>(
            $"SELECT {Columns} FROM runs r WHERE r.id = @id AND r.status <> @hidden", new { id, hidden = (long)RunStatus.Importing });
        return row is null ? null : (await CompleteAsync(connection, [row]))[0];
    }

    /// <summary>Adds a run.</summary>
    /// <returns>Its number.</returns>
    public static async Task<long> InsertAsync(DbConnection connection, NewRun run, RunStatus status, DateTimeOffset createTime)
    {
        var number = await connection.ExecuteScalarAsync<long>(
            """
            INSERT INTO runs (id, display_name, note, status, error_message, create_time)
            VALUES (@Id, @DisplayName, @Note, @status, '', @createTime) RETURNING number
            """,
            new { run.Id, run.DisplayName, run.Note, status = (long)status, createTime = Ticks.Of(createTime) });
        await Attributes.WriteAsync(connection, number, AttributeKind.Option, run.Options);
        await Attributes.WriteAsync(connection, number, AttributeKind.Lineage, run.Lineage);
        await Attributes.WriteAsync(connection, number, AttributeKind.Tag, run.Tags);
        return number;
    }

    /// <summary>Rows with their maps and their metrics, in the order of the rows.</summary>
    public static async Task<IReadOnlyList<StoredRun>> CompleteAsync(DbConnection connection, IReadOnlyList<RunRow> rows)
    {
        var numbers = rows.Select(row => row.Number).ToArray();
        var attributes = await Attributes.ReadAsync(connection, numbers);
        var summaries = await SummariesAsync(connection, numbers);
        Dictionary<string, string> Map(long run, AttributeKind kind) => new(attributes[(run, kind)], StringComparer.Ordinal);
        return [.. rows.Select(row => new StoredRun
        {
            Number = row.Number,
            Registration = new NewRun
            {
                Id = row.Id,
                DisplayName = row.DisplayName,
                Options = Map(row.Number, AttributeKind.Option),
                Lineage = Map(row.Number, AttributeKind.Lineage),
                Tags = Map(row.Number, AttributeKind.Tag),
                Note = row.Note,
            },
            Status = (RunStatus)row.Status,
            ErrorMessage = row.ErrorMessage,
            CreateTime = Ticks.ToTime(row.CreateTime),
            EndTime = row.EndTime is { } end ? Ticks.ToTime(end) : null,
            Idle = TimeSpan.FromTicks(row.Idle),
            Metrics = [.. summaries[row.Number]],
        })];
    }

    private static async Task<ILookup<long, StoredSummary>> SummariesAsync(DbConnection connection, long[] runs)
    {
        var rows = await connection.QueryAsync<SummaryRow>(
            $"""
            SELECT run AS Run, name AS Name, points AS Points, last AS Last, last_step AS LastStep, minimum AS Minimum,
                minimum_step AS MinimumStep, maximum AS Maximum, maximum_step AS MaximumStep
            FROM series WHERE {Dialect.Of(connection).In("run", "runs")} ORDER BY run, name
            """,
            new { runs });
        return rows.ToLookup(row => row.Run, row => new StoredSummary
        {
            Metric = row.Name,
            Points = row.Points,
            Last = row.Last ?? double.NaN,
            LastStep = row.LastStep,
            Minimum = row.Minimum ?? double.NaN,
            MinimumStep = row.MinimumStep,
            Maximum = row.Maximum ?? double.NaN,
            MaximumStep = row.MaximumStep,
        });
    }

    private sealed class SummaryRow
    {
        public long Run { get; init; }

        public string Name { get; init; } = "";

        public long Points { get; init; }

        public double? Last { get; init; }

        public long LastStep { get; init; }

        public double? Minimum { get; init; }

        public long MinimumStep { get; init; }

        public double? Maximum { get; init; }

        public long MaximumStep { get; init; }
    }
}

/// <summary>A row of <c>runs</c>.</summary>
internal sealed class RunRow
{
    public long Number { get; init; }

    public string Id { get; init; } = "";

    public string DisplayName { get; init; } = "";

    public string Note { get; init; } = "";

    public long Status { get; init; }

    public string ErrorMessage { get; init; } = "";

    public long CreateTime { get; init; }

    public long? EndTime { get; init; }

    public long Idle { get; init; }

    /// <summary>What the list is sorted by, where it is.</summary>
    public object? SortValue { get; init; }
}
