using System.Data.Common;
using Dapper;

namespace Maskwright.MetricsCollector;

/// <summary>
/// What a group of batches comes to: which are new, and the points of each series in the order in which they came. Batches that
/// cannot be kept are found before anything is written.
/// </summary>
internal sealed class GroupPlan(DbConnection connection, SeriesWriter writer)
{
    private readonly Dictionary<string, RunPlan> _runs = new(StringComparer.Ordinal);

    /// <summary>Takes a batch in.</summary>
    /// <returns>False when it was kept before.</returns>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    /// <exception cref="MetricsConflictException">The run would get too many metrics.</exception>
    public async Task<bool> AddAsync(PointBatch batch)
    {
        if (!_runs.TryGetValue(batch.RunId, out var run))
        {
            run = new RunPlan(await Senders.RunAsync(connection, batch.RunId));
            _runs.Add(batch.RunId, run);
        }

        if (!run.Sequences.TryGetValue(batch.ClientId, out var last))
            last = await Senders.LastAsync(connection, run.Number, SenderKind.Points, batch.ClientId);
        if (batch.Sequence <= last)
            return false;

        await FindSeriesAsync(run, batch);
        foreach (var point in batch.Points)
            run.Series[point.Metric].Points.Add(point);
        run.Sequences[batch.ClientId] = batch.Sequence;
        return true;
    }

    /// <summary>Writes all that was taken in.</summary>
    public async Task WriteAsync()
    {
        foreach (var run in _runs.Values)
        {
            foreach (var (client, sequence) in run.Sequences)
                await Senders.SetAsync(connection, run.Number, SenderKind.Points, client, sequence);
            foreach (var (state, points) in run.Series.Values)
            {
                if (points.Count > 0)
                    await writer.WriteAsync(state, InOrder(points));
            }
        }
    }

    /// <summary>In the order of their steps; of several points for one step the last stays.</summary>
    internal static StoredPoint[] InOrder(List<StoredPoint> points)
    {
        var ascending = true;
        for (var i = 1; i < points.Count && ascending; i++)
            ascending = points[i].Step > points[i - 1].Step;
        if (ascending)
            return [.. points];
        var latest = new SortedDictionary<long, StoredPoint>();
        foreach (var point in points)
            latest[point.Step] = point;
        return [.. latest.Values];
    }

    private async Task FindSeriesAsync(RunPlan run, PointBatch batch)
    {
        var added = new Dictionary<string, SeriesState>(StringComparer.Ordinal);
        foreach (var point in batch.Points)
        {
            if (run.Series.ContainsKey(point.Metric) || added.ContainsKey(point.Metric))
                continue;
            if (await writer.FindAsync(run.Number, point.Metric) is { } known)
                run.Series.Add(point.Metric, (known, []));
            else
                added.Add(point.Metric, new SeriesState(run.Number, point.Metric));
        }

        if (added.Count == 0)
            return;
        run.SeriesCount ??= await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM series WHERE run = @Number", new { run.Number });
        if (run.SeriesCount + added.Count > MetricsStore.MaxMetrics)
        {
            throw new MetricsConflictException(
                "TOO_MANY_METRICS",
                $"The run '{batch.RunId}' would have {run.SeriesCount + added.Count} metrics; {MetricsStore.MaxMetrics} are allowed. "
                + "Nothing of the batch was kept.");
        }

        run.SeriesCount += added.Count;
        foreach (var (name, state) in added)
            run.Series.Add(name, (state, []));
    }

    private sealed class RunPlan(long number)
    {
        public long Number { get; } = number;

        public long? SeriesCount { get; set; }

        public Dictionary<string, long> Sequences { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, (SeriesState State, List<StoredPoint> Points)> Series { get; } = new(StringComparer.Ordinal);
    }
}
