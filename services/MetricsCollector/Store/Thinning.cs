namespace Maskwright.MetricsCollector;

/// <summary>
/// Makes a long series short enough to draw without losing its peaks: the interior is cut into buckets of equal counts, and
/// each keeps the first of its smallest and of its largest values; the first and the last point of the series always stay. A
/// bucket of nothing but NaN keeps its first point. A block that lies within one bucket is judged by its extremes alone, so
/// that most of a long series is never read.
/// </summary>
/// <param name="count">Points of the series.</param>
/// <param name="maxPoints">
/// Points to keep at most; 0 keeps all. With 2 or 3 the smallest and the largest value of the whole series are kept, with 1 the
/// last point.
/// </param>
internal sealed class Thinning(long count, int maxPoints)
{
    // Points at either end that are kept as they are, and buckets between them.
    private readonly int _ends = maxPoints >= 4 ? 1 : 0;
    private readonly int _buckets = maxPoints switch { >= 4 => (maxPoints - 2) / 2, >= 2 => 1, _ => 0 };
    private readonly bool _keepsAll = maxPoints == 0 || count <= maxPoints;
    private readonly List<StoredPoint> _kept = [];
    private long _index;
    private long _bucket = -1;
    private StoredPoint? _first;
    private StoredPoint? _low;
    private StoredPoint? _high;

    private long Inner => count - (2 * _ends);

    /// <summary>Whether points <paramref name="start"/> to <paramref name="start"/> + <paramref name="points"/> - 1 can be judged by their extremes.</summary>
    public bool IsWithinOneBucket(long start, int points)
    {
        if (_keepsAll)
            return false;
        if (_buckets == 0)
            return start + points < count;
        return !IsEnd(start) && !IsEnd(start + points - 1) && BucketOf(start) == BucketOf(start + points - 1);
    }

    /// <summary>Goes on with points that lie within one bucket.</summary>
    /// <param name="extremes">Their <see cref="PointBlock.Extremes"/>.</param>
    /// <param name="points">How many they are.</param>
    public void AddWithinOneBucket(PointBlock extremes, int points)
    {
        if (_buckets > 0)
        {
            Enter(BucketOf(_index));
            for (var i = 0; i < extremes.Count; i++)
                Judge(extremes[i]);
        }

        _index += points;
    }

    /// <summary>Goes on with points of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="start">Its first point to take.</param>
    /// <param name="points">How many to take.</param>
    public void Add(PointBlock block, int start, int points)
    {
        for (var end = start + points; start < end;)
        {
            if (_keepsAll || IsEnd(_index))
            {
                Flush();
                _kept.Add(block[start++]);
                _index++;
                continue;
            }

            var bucket = _buckets == 0 ? -1 : BucketOf(_index);
            var length = _buckets == 0 ? end - start : (int)Math.Min(end - start, EndOf(bucket) - _index);
            if (_buckets == 0)
                length = (int)Math.Min(length, count - 1 - _index);
            else
                AddToBucket(bucket, block, start, length);
            start += length;
            _index += length;
        }
    }

    /// <summary>The points kept, in the order of their steps.</summary>
    public List<StoredPoint> Finish()
    {
        Flush();
        return _kept;
    }

    private bool IsEnd(long index) => _buckets == 0 ? index == count - 1 : index < _ends || index >= count - _ends;

    private long BucketOf(long index) => (long)((Int128)(index - _ends) * _buckets / Inner);

    /// <summary>The first index beyond a bucket.</summary>
    private long EndOf(long bucket) => _ends + (long)((((Int128)(bucket + 1) * Inner) + _buckets - 1) / _buckets);

    private void AddToBucket(long bucket, PointBlock block, int start, int length)
    {
        Enter(bucket);
        var values = block.Values.Slice(start, length);
        var (low, high) = (-1, -1);
        for (var i = 0; i < values.Length; i++)
        {
            // NaN compares as neither.
            if (low < 0 ? !double.IsNaN(values[i]) : values[i] < values[low])
                low = i;
            if (high < 0 ? !double.IsNaN(values[i]) : values[i] > values[high])
                high = i;
        }

        if (low < 0)
        {
            Judge(block[start]);
            return;
        }

        Judge(block[start + low]);
        Judge(block[start + high]);
    }

    private void Enter(long bucket)
    {
        if (bucket == _bucket)
            return;
        Flush();
        _bucket = bucket;
    }

    private void Judge(StoredPoint point)
    {
        _first ??= point;
        if (double.IsNaN(point.Value))
            return;
        if (_low is not { } low || point.Value < low.Value)
            _low = point;
        if (_high is not { } high || point.Value > high.Value)
            _high = point;
    }

    private void Flush()
    {
        switch (_first, _low, _high)
        {
            case ({ } only, null, _):
                _kept.Add(only);
                break;
            case (_, { } low, { } high) when low.Step == high.Step:
                _kept.Add(low);
                break;
            case (_, { } low, { } high):
                _kept.AddRange(low.Step < high.Step ? [low, high] : [high, low]);
                break;
            default:
                break;
        }

        (_first, _low, _high) = (null, null, null);
    }
}
