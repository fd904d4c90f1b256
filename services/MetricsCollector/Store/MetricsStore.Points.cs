using System.Runtime.CompilerServices;
using Dapper;

namespace Maskwright.MetricsCollector;

/// <content>Points: keeping and asking for them.</content>
public sealed partial class MetricsStore
{
    /// <summary>Keeps a batch. All its points are on disk when this returns.</summary>
    /// <returns>False when the batch had been kept before and was skipped.</returns>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    /// <exception cref="MetricsConflictException">The run would get more than <see cref="MaxMetrics"/> metrics.</exception>
    public async Task<bool> AppendAsync(PointBatch batch, CancellationToken cancellationToken) =>
        await await EnqueueAsync(batch, after: null, cancellationToken);

    /// <inheritdoc cref="GroupCommit.EnqueueAsync"/>
    public Task<Task<bool>> EnqueueAsync(PointBatch batch, Task<bool>? after, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return _points.EnqueueAsync(batch, after, cancellationToken);
    }

    /// <summary>Returns series of a run.</summary>
    /// <param name="id">The run.</param>
    /// <param name="metrics">Names, in the order wanted; empty means all, by name. One without points gives an empty series.</param>
    /// <param name="maxPoints">At most this many points a series, thinned by smallest and largest value a bucket; 0 means all.</param>
    /// <param name="range">Which steps.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    /// <exception cref="MetricsConflictException">The answer would hold more than <see cref="MaxQueryPoints"/> points.</exception>
    public Task<IReadOnlyList<StoredSeries>> QueryAsync(
        string id, IReadOnlyList<string> metrics, int maxPoints, StepRange range, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentOutOfRangeException.ThrowIfNegative(maxPoints);
        return _database.ReadAsync<IReadOnlyList<StoredSeries>>(
            async connection =>
            {
                var run = await Senders.RunAsync(connection, id);
                var known = (await connection.QueryAsync<(long Number, string Name)>(
                    "SELECT number, name FROM series WHERE run = @run ORDER BY name", new { run })).ToDictionary(row => row.Name, row => row.Number, StringComparer.Ordinal);
                var wanted = metrics.Count > 0 ? metrics.Distinct(StringComparer.Ordinal) : known.Keys;

                await using var reader = new SeriesReader(connection);
                var found = new List<SeriesParts>();
                foreach (var name in wanted)
                {
                    found.Add(known.TryGetValue(name, out var number)
                        ? await reader.FindAsync(number, name, range)
                        : new SeriesParts(0, name, []));
                    cancellationToken.ThrowIfCancellationRequested();
                }

                var total = found.Sum(series => maxPoints == 0 ? series.Points : Math.Min(series.Points, maxPoints));
                if (total > MaxQueryPoints)
                {
                    throw new MetricsConflictException(
                        "TOO_MANY_POINTS",
                        $"The answer would hold {total} points; {MaxQueryPoints} are allowed. "
                        + "Ask for fewer metrics, for fewer steps, or set max_points.");
                }

                var answer = new List<StoredSeries>(found.Count);
                foreach (var series in found)
                {
                    answer.Add(new StoredSeries(series.Name, await reader.ReadAsync(series, maxPoints)));
                    cancellationToken.ThrowIfCancellationRequested();
                }

                return answer;
            },
            cancellationToken);
    }

    /// <summary>All points of one metric in the order of their steps, some at a time, without holding more of them in memory.</summary>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    internal async IAsyncEnumerable<IReadOnlyList<StoredPoint>> ReadAllAsync(
        string id, string metric, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int BlocksAtOnce = 64;
        for (var after = -1L; ;)
        {
            var points = await _database.ReadAsync(
                async connection =>
                {
                    var run = await Senders.RunAsync(connection, id);
                    var blocks = await connection.QueryAsync<byte[]>(
                        """
                        SELECT data FROM blocks
                        WHERE series = (SELECT number FROM series WHERE run = @run AND name = @metric) AND first_step > @after
                        ORDER BY first_step LIMIT @BlocksAtOnce
                        """,
                        new { run, metric, after, BlocksAtOnce });
                    return blocks.SelectMany(data => new PointBlock(metric, data).ToArray()).ToArray();
                },
                cancellationToken);
            if (points.Length == 0)
                yield break;
            yield return points;
            after = points[^1].Step;
        }
    }
}
