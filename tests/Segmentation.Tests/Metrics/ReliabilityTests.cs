namespace Maskwright.Segmentation.Tests;

public sealed class ReliabilityTests
{
    [Fact]
    public void A_hand_computed_table_and_its_error()
    {
        var reliability = new Reliability();

        // Two pixels at 0.9 of which one is right, two at 0.5 that are both right, one ignored.
        reliability.Add(truth: [1, 0, 2, 2, 255], prediction: [1, 1, 2, 2, 0], confidence: [0.9f, 0.9f, 0.5f, 0.5f, 1f]);

        var metrics = reliability.ToMetrics();
        metrics.Bins.Count.ShouldBe(15);
        metrics.Bins.Sum(bin => bin.Pixels).ShouldBe(4);
        var confident = metrics.Bins[13];
        (confident.Above, confident.UpTo, confident.Pixels, confident.Accuracy).ShouldBe((13 / 15.0, 14 / 15.0, 2L, 0.5));
        confident.Confidence!.Value.ShouldBe(0.9, 1e-6);
        metrics.Bins[7].Accuracy.ShouldBe(1);
        metrics.ExpectedError!.Value.ShouldBe(((2 * 0.4) + (2 * 0.5)) / 4, 1e-6);
    }

    [Theory]
    [InlineData(0f, 0)]
    [InlineData(1f, 14)]
    [InlineData(0.2f, 2)]
    [InlineData(0.21f, 3)]
    public void A_bin_holds_its_upper_end(float confidence, int bin)
    {
        var reliability = new Reliability();

        reliability.Add([0], [0], [confidence]);

        reliability.ToMetrics().Bins[bin].Pixels.ShouldBe(1);
    }

    [Fact]
    public void Nothing_counted_has_no_error_instead_of_zero()
    {
        var metrics = new Reliability().ToMetrics();

        metrics.ExpectedError.ShouldBeNull();
        metrics.Bins.ShouldAllBe(bin => bin.Accuracy == null && bin.Confidence == null && bin.Pixels == 0);
    }
}
