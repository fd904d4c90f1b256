using FsCheck;
using FsCheck.Fluent;
using Maskwright.MetricsCollector.Pages.Charts;

namespace Maskwright.MetricsCollector.Tests.Pages.Charts;

public sealed class SmoothingTests
{
    [Fact]
    public void Each_value_is_the_weighted_mean_of_what_came_before()
    {
        // 4; (4/2 + 8) / (1/2 + 1); (4/4 + 8/2 + 0) / (1/4 + 1/2 + 1)
        Smoothing.Of([4, 8, 0], 0.5).ShouldBe([4, 20.0 / 3, 20.0 / 7]);
        Smoothing.Of([1, double.NaN, 3], 0).ShouldBe([1, null, 3]);
    }

    [Fact]
    public void A_smooth_curve_stays_within_its_values_and_a_level_one_as_it_is() => Prop.ForAll<NormalFloat[]>(values =>
    {
        double[] curve = [.. values.Select(value => Math.Clamp(value.Get, -1e9, 1e9))];
        for (var i = 0; i < curve.Length; i++)
        {
            var seen = curve[..(i + 1)];
            Smoothing.Of(curve, 0.9)[i]!.Value.ShouldBeInRange(seen.Min() - 1e-3, seen.Max() + 1e-3);
        }
    }).QuickCheckThrowOnFailure();
}
