namespace Maskwright.MetricsCollector.Tests;

/// <summary>What thinning means, written for reading: the fast way must come to the same.</summary>
internal static class PlainThinning
{
    public static IReadOnlyList<StoredPoint> Apply(IReadOnlyList<StoredPoint> points, int max)
    {
        if (max == 0 || points.Count <= max)
            return points;
        if (max == 1)
            return [points[^1]];
        if (max < 4)
            return [.. Extremes(points)];
        var inner = points.Skip(1).SkipLast(1).ToList();
        var buckets = (max - 2) / 2;
        return
        [
            points[0],
            .. inner.Select((point, i) => (point, Bucket: (long)i * buckets / inner.Count)).GroupBy(pair => pair.Bucket, pair => pair.point).SelectMany(Extremes),
            points[^1],
        ];
    }

    private static IEnumerable<StoredPoint> Extremes(IEnumerable<StoredPoint> bucket)
    {
        var points = bucket.ToList();
        var numbers = points.Where(point => !double.IsNaN(point.Value)).ToList();
        if (numbers.Count == 0)
            return points.Take(1);
        return new[] { numbers.MinBy(point => point.Value), numbers.MaxBy(point => point.Value) }.DistinctBy(point => point.Step).OrderBy(point => point.Step);
    }
}
