using Maskwright.Dashboard.Otlp.Wire;
using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Otlp;

/// <summary>Turns OTLP's two kinds of histogram into buckets with explicit bounds.</summary>
internal static class HistogramReader
{
    private const int MaxBuckets = 2_000;

    /// <summary>Scales that the specification gives sense to.</summary>
    private const int MinScale = -10;
    private const int MaxScale = 20;

    /// <summary>The buckets, or null when counts and bounds do not fit together. Without buckets all values lie in one.</summary>
    public static HistogramBuckets? Read(HistogramDataPoint point)
    {
        if (point.BucketCounts.Count == 0 && point.ExplicitBounds.Count == 0)
            return new HistogramBuckets([], [point.Count]);
        if (point.BucketCounts.Count != point.ExplicitBounds.Count + 1 || point.BucketCounts.Count > MaxBuckets)
            return null;
        double[] bounds = [.. point.ExplicitBounds];
        for (var i = 0; i < bounds.Length; i++)
        {
            if (double.IsNaN(bounds[i]) || (i > 0 && bounds[i] <= bounds[i - 1]))
                return null;
        }

        return new HistogramBuckets(bounds, [.. point.BucketCounts]);
    }

    /// <summary>The buckets from the lowest value to the highest, or null when the scale or the number of buckets is out of range.</summary>
    public static HistogramBuckets? Read(ExponentialHistogramDataPoint point)
    {
        var positive = point.Positive?.BucketCounts ?? [];
        var negative = point.Negative?.BucketCounts ?? [];
        if (point.Scale is < MinScale or > MaxScale || positive.Count + negative.Count > MaxBuckets)
            return null;
        List<double> bounds = [];
        List<ulong> counts = [];
        if (negative.Count > 0)
        {
            // Below the lowest bucket there is nothing.
            Add(-Bound(point.Scale, (long)point.Negative!.Offset + negative.Count), 0);
            for (var i = negative.Count - 1; i >= 0; i--)
                Add(-Bound(point.Scale, (long)point.Negative.Offset + i), negative[i]);
        }

        Add(0, point.ZeroCount);
        if (positive.Count > 0)
            Add(Bound(point.Scale, point.Positive!.Offset), 0);
        for (var i = 0; i < positive.Count; i++)
            Add(Bound(point.Scale, (long)point.Positive!.Offset + i + 1), positive[i]);
        counts.Add(0);
        return new HistogramBuckets([.. bounds], [.. counts]);

        // Bounds too small or too large for a number fall together with their neighbour.
        void Add(double bound, ulong count)
        {
            if (bounds.Count > 0 && bound <= bounds[^1])
            {
                counts[^1] += count;
                return;
            }

            bounds.Add(bound);
            counts.Add(count);
        }
    }

    /// <summary>base^index with base = 2^(2^-scale).</summary>
    private static double Bound(int scale, long index) => Math.Pow(2, Math.ScaleB(index, -scale));
}
