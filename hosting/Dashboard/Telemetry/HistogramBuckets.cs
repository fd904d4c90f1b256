namespace Maskwright.Dashboard.Telemetry;

/// <summary>How often values fell between bounds.</summary>
/// <param name="Bounds">Upper bounds, inclusive, ascending.</param>
/// <param name="Counts">One more than there are bounds: the last counts what lies above all of them.</param>
internal sealed record HistogramBuckets(double[] Bounds, ulong[] Counts)
{
    /// <summary>All values.</summary>
    public ulong Total => Counts.Aggregate(0UL, (sum, count) => sum + count);

    /// <summary>What was counted after <paramref name="earlier"/>; everything when the counting began anew in between.</summary>
    public HistogramBuckets Since(HistogramBuckets? earlier)
    {
        if (earlier is null)
            return this;
        var before = earlier.At(Bounds);
        var counts = new ulong[Counts.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            if (before[i] > Counts[i])
                return this;
            counts[i] = Counts[i] - before[i];
        }

        return this with { Counts = counts };
    }

    /// <summary>Both together, between the bounds of both.</summary>
    public HistogramBuckets Plus(HistogramBuckets other)
    {
        double[] bounds = Bounds.AsSpan().SequenceEqual(other.Bounds) ? Bounds : [.. Bounds.Union(other.Bounds).Order()];
        var counts = At(bounds);
        var more = other.At(bounds);
        for (var i = 0; i < counts.Length; i++)
            counts[i] += more[i];
        return new HistogramBuckets(bounds, counts);
    }

    /// <summary>
    /// The value that a share of all values does not exceed, taking those of a bucket as spread evenly over it; above the last
    /// bound it is that bound.
    /// </summary>
    /// <param name="share">0 to 1.</param>
    /// <returns>The value, or null when nothing was counted or there are no bounds.</returns>
    public double? Quantile(double share)
    {
        var total = Total;
        if (total == 0 || Bounds.Length == 0)
            return null;
        var rank = share * total;
        double below = 0;
        for (var i = 0; i < Bounds.Length; i++)
        {
            if (Counts[i] > 0 && below + Counts[i] >= rank)
            {
                var from = i > 0 ? Bounds[i - 1] : Math.Min(0, Bounds[0]);
                return from + ((Bounds[i] - from) * Math.Max(0, rank - below) / Counts[i]);
            }

            below += Counts[i];
        }

        return Bounds[^1];
    }

    /// <summary>The counts between other bounds; a bucket goes to the first that holds its upper bound.</summary>
    private ulong[] At(double[] bounds)
    {
        if (ReferenceEquals(bounds, Bounds) || bounds.AsSpan().SequenceEqual(Bounds))
            return [.. Counts];
        var counts = new ulong[bounds.Length + 1];
        for (var i = 0; i < Counts.Length; i++)
        {
            var index = i < Bounds.Length ? Array.BinarySearch(bounds, Bounds[i]) : bounds.Length;
            counts[index < 0 ? ~index : index] += Counts[i];
        }

        return counts;
    }
}
