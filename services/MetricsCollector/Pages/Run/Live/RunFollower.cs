using System.Runtime.CompilerServices;

namespace Maskwright.MetricsCollector.Pages.Run.Live;

/// <summary>
/// Follows a run for a page: what happens within a tenth of a second is told at once, so that a browser draws ten times a second
/// at most, however fast points come.
/// </summary>
internal static class RunFollower
{
    // More than a chart gains in a tenth of a second of what can be seen.
    private const int MaxPoints = 200;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);

    /// <summary>News of a run, until it is deleted.</summary>
    public static async IAsyncEnumerable<RunNews> NewsAsync(
        RunSubscription subscription, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var isDeleted = false; !isDeleted;)
        {
            var first = await subscription.NextAsync(cancellationToken);
            await Task.Delay(Gathering, time, cancellationToken);
            var news = Together([first, .. subscription.Waiting()]);
            isDeleted = news.IsDeleted;
            yield return news;
        }
    }

    private static RunNews Together(IReadOnlyList<(RunChange Change, bool Lagged)> changes) => new()
    {
        Points =
        [
            .. changes.SelectMany(one => one.Change.Points)
                .GroupBy(point => point.Metric, StringComparer.Ordinal)
                .Select(series => new StoredSeries(series.Key, Thinned(GroupPlan.InOrder([.. series])))),
        ],
        Run = changes.LastOrDefault(one => one.Change.Run is not null).Change?.Run,
        HasImages = changes.Any(one => one.Change.HasImages),
        HasEvents = changes.Any(one => one.Change.HasEvents),
        Lagged = changes.Any(one => one.Lagged),
        IsDeleted = changes.Any(one => one.Change.IsDeleted),
    };

    private static StoredPoint[] Thinned(StoredPoint[] points)
    {
        if (points.Length <= MaxPoints)
            return points;
        var smallestAndLargest = points.Chunk((2 * points.Length / MaxPoints) + 1)
            .SelectMany(chunk => (StoredPoint[])[chunk.MinBy(point => point.Value), chunk.MaxBy(point => point.Value)]);
        return [.. smallestAndLargest.Append(points[^1]).DistinctBy(point => point.Step).OrderBy(point => point.Step)];
    }
}
