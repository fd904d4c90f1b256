using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

/// <summary>The metrics beside numpy's and scipy's figures of the same images: Golden/make_metric_goldens.py.</summary>
public sealed class MetricGoldensTests
{
    private const int Width = 90;
    private const int Height = 70;
    private const double Exact = 1e-12;

    [Fact]
    public void Counts_boundaries_and_calibration_are_those_of_numpy_and_scipy()
    {
        var tally = Count();

        tally.Matrix.Counts.ToArray().ShouldBe([19972, 3504, 1325, 1343, 19672, 3448, 3507, 1328, 19657]);
        tally.Matrix.ToMetrics().MeanIoU!.Value.ShouldBe(0.6722576100693572, Exact);
        double[] boundaries = [0.36062618178620115, 0.35852247441032487, 0.3593902764198738];
        foreach (var (score, expected) in tally.BoundaryIoU().Zip(boundaries))
            score!.Value.ShouldBe(expected, Exact);

        // Confidence is summed in steps of 2^-24.
        tally.Calibration().ExpectedError!.Value.ShouldBe(0.19222544563266586, 1e-7);
    }

    // Other drawings of the same distribution: scipy's interval is of 100,000.
    [Fact]
    public void The_bootstrap_interval_is_that_of_scipy_but_for_the_draw()
    {
        var interval = Bootstrap.Intervals(Count().Images, classes: 3, seed: 1, drawings: 20_000).MeanIoU!;

        interval.Low.ShouldBe(0.6391800315803404, 1e-3);
        interval.High.ShouldBe(0.704607268363543, 1e-3);
    }

    private static SplitTally Count()
    {
        var tally = new SplitTally(classes: 3);
        for (var image = 0; image < 12; image++)
        {
            var n = image;
            var truth = Draw((x, y) => (x * 5 + y * 3 + n) % 41 == 0 ? IndexMask.Ignore : (byte)(((x + 3 * n) / 19 + 2 * ((y + n) / 17) + x * y / 900) % 3));
            var prediction = Draw((x, y) => (byte)(((x + 3 * n + 2) / 19 + 2 * ((y + n + 1) / 17) + (x + n % 5) * y / 900) % 3));
            var confidence = Draw((x, y) => (69 + 2 * ((x * 31 + y * 17 + n) % 66)) / 200f);
            tally.Add(
                $"{n}",
                new IndexMask(Width, Height, truth),
                new LabelledImage(new IndexMask(Width, Height, prediction), confidence),
                new SampleInfo(n, $"{n}.jpg", Width, Height, License: 0));
        }

        return tally;
    }

    private static T[] Draw<T>(Func<int, int, T> value) => [.. Enumerable.Range(0, Width * Height).Select(i => value(i % Width, i / Width))];
}
