namespace Maskwright.MetricsCollector;

/// <summary>
/// Makes a long series short enough to draw without losing its peaks: the interior is cut into buckets of
/// equal counts, and each keeps its smallest and its largest value; the first and the last point always stay.
/// </summary>
public static class Thinning
{
    /// <summary>Picks at most <paramref name="maxPoints"/> of <paramref name="points"/>, in their order.</summary>
    /// <param name="points">The series in the order of its steps; read once.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="maxPoints">
    /// From 1. With 2 or 3 the smallest and the largest value of the whole series are kept, with 1 the last point.
    /// </param>
    /// <returns>The picked points. A bucket of nothing but NaN keeps its first.</returns>
    public static IEnumerable<StoredPoint> Apply(IEnumerable<StoredPoint> points, long count, int maxPoints)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPoints, 1);
        if (count <= maxPoints)
            return points;
        return maxPoints switch
        {
            1 => points.TakeLast(1),
            < 4 => Extremes(points, 0, count, 1),
            _ => Extremes(points, 1, count - 2, (maxPoints - 2) / 2),
        };
    }

    /// <summary>Leaves <paramref name="skip"/> points at either end alone and thins the <paramref name="inner"/> between.</summary>
    private static IEnumerable<StoredPoint> Extremes(IEnumerable<StoredPoint> points, long skip, long inner, int buckets)
    {
        var bucket = new Bucket();
        var number = 0;
        var index = -skip;
        foreach (var point in points)
        {
            if (index < 0 || index >= inner)
            {
                foreach (var kept in bucket.Take())
                    yield return kept;
                yield return point;
            }
            else
            {
                var own = (int)((Int128)index * buckets / inner);
                if (own != number)
                {
                    foreach (var kept in bucket.Take())
                        yield return kept;
                    number = own;
                }

                bucket.Add(point);
            }

            index++;
        }

        foreach (var kept in bucket.Take())
            yield return kept;
    }

    private sealed class Bucket
    {
        private StoredPoint? _first;
        private StoredPoint? _low;
        private StoredPoint? _high;

        public void Add(StoredPoint point)
        {
            _first ??= point;
            if (double.IsNaN(point.Value))
                return;
            if (_low is not { } low || point.Value < low.Value)
                _low = point;
            if (_high is not { } high || point.Value > high.Value)
                _high = point;
        }

        public IReadOnlyList<StoredPoint> Take()
        {
            IReadOnlyList<StoredPoint> kept = (_first, _low, _high) switch
            {
                (null, _, _) => [],
                ({ } only, null, _) => [only],
                (_, { } low, { } high) when low.Step == high.Step => [low],
                (_, { } low, { } high) => low.Step < high.Step ? [low, high] : [high, low],
                _ => [],
            };
            (_first, _low, _high) = (null, null, null);
            return kept;
        }
    }
}
