using FsCheck.Xunit;

namespace Maskwright.MetricsCollector.Tests;

public sealed class ThinningTests
{
    [Fact]
    public void A_short_series_stays_whole() => Thin([3, 1, 2], 3).ShouldBe([3, 1, 2]);

    [Fact]
    public void Each_bucket_keeps_its_smallest_and_largest_in_their_order() =>
        Thin([0, 5, 1, 9, 4, 6, -7, 2, 8, 3], 6).ShouldBe([0, 1, 9, -7, 8, 3]);

    [Fact]
    public void One_point_is_the_last_and_two_are_the_extremes()
    {
        Thin([1, 9, 0, 5], 1).ShouldBe([5]);
        Thin([1, 9, 0, 5], 2).ShouldBe([9, 0]);
        Thin([1, 9, 0, 5], 3).ShouldBe([9, 0]);
    }

    [Fact]
    public void A_bucket_of_nothing_but_NaN_keeps_one() =>
        Thin([1, double.NaN, double.NaN, double.NaN, 2], 4).ShouldBe([1, double.NaN, 2]);

    [Fact]
    public void A_long_series_uses_nearly_all_the_points_it_may()
    {
        var values = Enumerable.Range(0, 100_000).Select(i => Math.Sin(i * 0.7)).ToArray();
        Thin(values, 1_000).Count.ShouldBe(1_000);
    }

    [Property]
    public void Any_series_in_any_blocks_is_thinned_as_the_plain_way_says(double[] values, byte[] sizes, byte bound, byte scale)
    {
        // Few different values, so that equal extremes occur.
        var points = Points([.. values.SelectMany(value => Enumerable.Repeat(value, 1 + (scale % 9)))]);
        var max = 1 + (bound % 40);
        Apply(points, max, sizes).ShouldBe(PlainThinning.Apply(points, max));
    }

    private static List<double> Thin(double[] values, int max) => [.. Apply(Points(values), max, [255, 3, 100]).Select(point => point.Value)];

    /// <summary>Thins as the reader of a store does: blocks within one bucket are judged by their extremes.</summary>
    private static List<StoredPoint> Apply(StoredPoint[] points, int max, byte[] sizes)
    {
        var thinning = new Thinning(points.Length, max);
        for (var (start, turn) = (0, 0); start < points.Length; turn++)
        {
            var size = Math.Min(points.Length - start, 1 + (sizes.Length > 0 ? sizes[turn % sizes.Length] : 7));
            var block = points.AsSpan(start, size);
            if (thinning.IsWithinOneBucket(start, size))
                thinning.AddWithinOneBucket(new PointBlock("m", PointBlock.Pack(PointBlock.Extremes(block))), size);
            else
                thinning.Add(new PointBlock("m", PointBlock.Pack(block)), 0, size);
            start += size;
        }

        return thinning.Finish();
    }

    private static StoredPoint[] Points(double[] values) =>
        [.. values.Select((value, step) => new StoredPoint("m", step, 0, DateTimeOffset.UnixEpoch, value))];
}
