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

    [Property]
    public void The_extremes_the_ends_and_the_bound_hold_for_any_series(double[] values, ushort bound)
    {
        var max = 4 + (bound % 50);
        var points = Points(values);
        var thin = Thinning.Apply(points, points.Count, max).ToList();

        thin.Count.ShouldBeLessThanOrEqualTo(max);
        thin.ShouldBeSubsetOf(points);
        thin.Select(point => point.Step).ShouldBe(thin.Select(point => point.Step).Distinct().Order());
        if (values.Length == 0)
            return;
        thin[0].ShouldBe(points[0]);
        thin[^1].ShouldBe(points[^1]);
        var numbers = values.Where(value => !double.IsNaN(value)).ToList();
        if (numbers.Count > 0)
        {
            var kept = thin.Select(point => point.Value).ToList();
            kept.ShouldContain(numbers.Min());
            kept.ShouldContain(numbers.Max());
        }
    }

    [Fact]
    public void A_long_series_uses_nearly_all_the_points_it_may()
    {
        var values = Enumerable.Range(0, 100_000).Select(i => Math.Sin(i * 0.7)).ToArray();
        Thin(values, 1_000).Count.ShouldBe(1_000);
    }

    private static List<double> Thin(double[] values, int max) =>
        [.. Thinning.Apply(Points(values), values.Length, max).Select(point => point.Value)];

    private static List<StoredPoint> Points(double[] values) =>
        [.. values.Select((value, step) => new StoredPoint("m", step, 0, DateTimeOffset.UnixEpoch, value))];
}
