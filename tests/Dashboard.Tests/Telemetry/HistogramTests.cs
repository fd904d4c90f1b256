using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Maskwright.Dashboard.Otlp;
using Maskwright.Dashboard.Otlp.Wire;
using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Tests.Telemetry;

public sealed class HistogramTests
{
    private static readonly HistogramBuckets Tens = new([10, 20, 30], [2, 4, 2, 2]);

    [Theory]
    [InlineData(0.1, 5)] // The 1st of 10: half of the first bucket of two.
    [InlineData(0.2, 10)]
    [InlineData(0.4, 15)]
    [InlineData(0.6, 20)]
    [InlineData(0.8, 30)]
    [InlineData(0.99, 30)] // Above the last bound nothing more is known.
    public void Quantiles_lie_evenly_in_their_bucket(double share, double value) => Tens.Quantile(share)!.Value.ShouldBe(value, 1e-9);

    [Fact]
    public void Nothing_counted_has_no_quantile()
    {
        new HistogramBuckets([1], [0, 0]).Quantile(0.5).ShouldBeNull();
        new HistogramBuckets([], [3]).Quantile(0.5).ShouldBeNull();
    }

    [Fact]
    public void A_difference_takes_away_what_was_before_also_between_fewer_bounds()
    {
        Tens.Since(new HistogramBuckets([10, 20, 30], [1, 1, 1, 1])).Counts.ShouldBe([1UL, 3UL, 1UL, 1UL]);
        // Bounds 10 and 30 became one when the scale changed.
        new HistogramBuckets([20, 40], [9, 5, 0]).Since(new HistogramBuckets([10, 20, 30, 40], [1, 2, 1, 1, 0])).Counts.ShouldBe([6UL, 3UL, 0UL]);
    }

    [Fact]
    public void A_counting_that_began_anew_is_taken_whole() =>
        Tens.Since(new HistogramBuckets([10, 20, 30], [3, 0, 0, 0])).ShouldBe(Tens);

    [Property]
    public Property Adding_and_taking_away_are_inverse() => Prop.ForAll(
        Counts().ToArbitrary(), Counts().ToArbitrary(), (first, second) =>
        {
            var sum = first.Plus(second);
            return sum.Total == first.Total + second.Total && sum.Since(second).Counts.AsSpan().SequenceEqual(first.Counts);
        });

    [Property]
    public Property Quantiles_rise() => Prop.ForAll(Counts().ToArbitrary(), buckets =>
    {
        double?[] values = [.. new[] { 0, 0.1, 0.5, 0.9, 0.99, 1 }.Select(buckets.Quantile)];
        return values.Zip(values.Skip(1)).All(pair => pair.First is null || pair.First <= pair.Second);
    });

    [Fact]
    public void Counts_that_do_not_fit_their_bounds_are_no_histogram()
    {
        HistogramReader.Read(new HistogramDataPoint { BucketCounts = { 1, 2 }, ExplicitBounds = { 1, 2 } }).ShouldBeNull();
        HistogramReader.Read(new HistogramDataPoint { BucketCounts = { 1, 2, 3 }, ExplicitBounds = { 2, 1 } }).ShouldBeNull();
        HistogramReader.Read(new HistogramDataPoint { BucketCounts = { 1, 2, 3 }, ExplicitBounds = { 1, double.NaN } }).ShouldBeNull();
        HistogramReader.Read(new ExponentialHistogramDataPoint { Scale = int.MinValue }).ShouldBeNull();
    }

    [Fact]
    public void Exponential_buckets_are_powers_of_their_base()
    {
        var point = new ExponentialHistogramDataPoint
        {
            Scale = 0, // Base 2.
            ZeroCount = 1,
            Positive = new() { Offset = 1, BucketCounts = { 3, 4 } }, // (2, 4] and (4, 8].
            Negative = new() { Offset = 0, BucketCounts = { 5, 6 } }, // [-2, -1) and [-4, -2).
        };
        var buckets = HistogramReader.Read(point)!;
        buckets.Bounds.ShouldBe([-4, -2, -1, 0, 2, 4, 8]);
        buckets.Counts.ShouldBe([0UL, 6UL, 5UL, 1UL, 0UL, 3UL, 4UL, 0UL]);
    }

    private static Gen<HistogramBuckets> Counts() =>
        from counts in Gen.Choose(0, 1000).ArrayOf(5)
        select new HistogramBuckets([1, 2, 5, 10], [.. counts.Select(count => (ulong)count)]);
}
