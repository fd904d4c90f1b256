using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

public sealed class SamplingTests
{
    // 100 samples: all show class 1, ten show class 2, one shows class 3.
    private static readonly ClassCounts Counts = ClassCounts.Of([.. Enumerable.Range(0, 100).Select(Sample)], 4);

    [Fact]
    public void Repeat_factors_are_the_root_of_how_much_rarer_than_the_threshold_the_rarest_class_is()
    {
        var weights = SampleWeights.Of(new TrainingOptions { Sampling = "repeat_factor", RepeatThreshold = 0.4 }, Counts)!;

        weights[50].ShouldBe(1);
        weights[5].ShouldBe(Math.Sqrt(0.4 / 0.1), 1e-12);
        weights[0].ShouldBe(Math.Sqrt(0.4 / 0.01), 1e-12);
    }

    [Fact]
    public void Every_class_reaches_its_share_where_repeats_allow_it()
    {
        var weights = SampleWeights.Of(new TrainingOptions { Sampling = "target_share", TargetShare = 0.3 }, Counts)!;

        var share = Enumerable.Range(0, 100).Where(i => Counts.Shows(i, 2)).Sum(i => weights[i]) / weights.Sum();
        share.ShouldBeGreaterThan(0.299);
        weights[0].ShouldBe(20);
        weights[50].ShouldBe(1);
    }

    [Fact]
    public void An_epoch_is_as_long_as_the_split_and_takes_each_sample_as_often_as_its_weight_says()
    {
        var weights = SampleWeights.Of(new TrainingOptions { Sampling = "repeat_factor", RepeatThreshold = 0.4 }, Counts)!;

        var first = SampleRandom.Order(1, 1, 100, weights);
        var second = SampleRandom.Order(1, 2, 100, weights);

        first.Length.ShouldBe(100);
        first.ShouldNotBe(second);
        SampleRandom.Order(1, 1, 100, weights).ShouldBe(first);
        for (var i = 0; i < 100; i++)
        {
            var expected = weights[i] / weights.Sum() * 100;
            first.Count(index => index == i).ShouldBeInRange((int)Math.Floor(expected), (int)Math.Ceiling(expected));
        }

        var drawn = Enumerable.Range(1, 400).SelectMany(epoch => SampleRandom.Order(1, epoch, 100, weights)).Count(index => index == 0);
        (drawn / 400.0).ShouldBe(weights[0] / weights.Sum() * 100, 0.1);
    }

    [Fact]
    public void Class_weights_follow_the_counts_of_the_train_split()
    {
        ClassStatistics Of(int index, long pixels) => new(index, $"c{index}", 1, 1, pixels);
        var statistics = new DatasetStatistics
        {
            Splits = new Dictionary<string, SplitStatistics> { ["train"] = new(10, 1_000, 0, [Of(0, 800), Of(1, 150), Of(2, 50), Of(3, 0)]) },
            ChannelMean = [],
            ChannelStd = [],
            ClassWeights = [0.5, 1, 2, null],
        };

        ClassWeights.Resolve(new TrainingOptions(), statistics).ShouldBeNull();
        var inverse = ClassWeights.Resolve(new TrainingOptions { ClassWeighting = "inverse_frequency" }, statistics)!;
        inverse[0].ShouldBe(1_000 / (3.0 * 800), 1e-12);
        inverse[2].ShouldBe(1_000 / (3.0 * 50), 1e-12);
        inverse[3].ShouldBe(1);
        ClassWeights.Resolve(new TrainingOptions { ClassWeighting = "median_frequency" }, statistics).ShouldBe([0.5, 1, 2, 1]);
        ClassWeights.Resolve(new TrainingOptions { ClassWeights = [1, 2, 3, 4] }, statistics).ShouldBe([1, 2, 3, 4]);
        Should.Throw<TrainingException>(() => ClassWeights.Resolve(new TrainingOptions { ClassWeights = [1, 2] }, statistics)).Message.ShouldContain("4 classes");
    }

    private static CachedSample Sample(int index)
    {
        var mask = new byte[16];
        mask[0] = 1;
        mask[1] = (byte)(index < 10 ? 2 : 0);
        mask[2] = (byte)(index == 0 ? 3 : 0);
        return new CachedSample($"s{index}", new RgbImage(4, 4, new byte[48]), new IndexMask(4, 4, mask));
    }
}
