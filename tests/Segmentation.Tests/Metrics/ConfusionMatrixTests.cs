namespace Maskwright.Segmentation.Tests;

public sealed class ConfusionMatrixTests
{
    [Fact]
    public void Scores_of_a_hand_computed_matrix_with_an_absent_class_and_ignored_pixels()
    {
        var matrix = new ConfusionMatrix(4);
        matrix.Add(
            truth: [0, 0, 0, 0, 1, 1, 1, 2, 255, 255],
            prediction: [0, 0, 0, 1, 1, 1, 0, 0, 1, 3]);

        var scores = matrix.ToMetrics();

        // Rows (truth): 0 = [3 1 0 0], 1 = [1 2 0 0], 2 = [1 0 0 0], 3 = none.
        scores.Pixels.ShouldBe(8);
        scores.Classes[0].ShouldBe(new ClassMetrics(0, Support: 4, Predicted: 5, IoU: 3 / 6.0, Dice: 6 / 9.0, Recall: 3 / 4.0, Precision: 3 / 5.0));
        scores.Classes[1].ShouldBe(new ClassMetrics(1, Support: 3, Predicted: 3, IoU: 2 / 4.0, Dice: 4 / 6.0, Recall: 2 / 3.0, Precision: 2 / 3.0));
        scores.Classes[2].ShouldBe(new ClassMetrics(2, Support: 1, Predicted: 0, IoU: 0, Dice: 0, Recall: 0, Precision: null));
        scores.Classes[3].ShouldBe(new ClassMetrics(3, Support: 0, Predicted: 0, IoU: null, Dice: null, Recall: null, Precision: null));
        scores.MeanIoU!.Value.ShouldBe((0.5 + 0.5 + 0) / 3, 1e-12);
        scores.MeanDice!.Value.ShouldBe(((6 / 9.0) + (4 / 6.0) + 0) / 3, 1e-12);
        scores.PixelAccuracy.ShouldBe(5 / 8.0);
        scores.MeanAccuracy!.Value.ShouldBe(((3 / 4.0) + (2 / 3.0) + 0) / 3, 1e-12);
        scores.FrequencyWeightedIoU!.Value.ShouldBe(((4 * 0.5) + (3 * 0.5) + 0) / 8, 1e-12);
    }

    [Fact]
    public void A_class_that_is_only_predicted_counts_as_zero_in_the_mean_IoU_and_not_in_the_mean_accuracy()
    {
        var matrix = new ConfusionMatrix(2);
        matrix.Add(truth: [0, 0], prediction: [0, 1]);

        var scores = matrix.ToMetrics();

        scores.Classes[1].IoU.ShouldBe(0);
        scores.Classes[1].Recall.ShouldBeNull();
        scores.MeanIoU.ShouldBe(0.25);
        scores.MeanAccuracy.ShouldBe(0.5);
    }

    [Fact]
    public void A_matrix_of_nothing_has_no_scores_instead_of_zeros()
    {
        var matrix = new ConfusionMatrix(3);
        matrix.Add(truth: [255], prediction: [0]);

        var scores = matrix.ToMetrics();

        scores.Pixels.ShouldBe(0);
        new[] { scores.MeanIoU, scores.MeanDice, scores.PixelAccuracy, scores.MeanAccuracy, scores.FrequencyWeightedIoU }.ShouldAllBe(s => s == null);
    }

    [Fact]
    public void Counting_in_parts_and_merging_is_counting_at_once()
    {
        var random = new Random(5);
        var truth = new byte[10_000];
        var prediction = new byte[10_000];
        for (var i = 0; i < truth.Length; i++)
        {
            truth[i] = random.Next(8) == 0 ? (byte)255 : (byte)random.Next(6);
            prediction[i] = (byte)random.Next(6);
        }

        var whole = new ConfusionMatrix(6);
        whole.Add(truth, prediction);
        var first = new ConfusionMatrix(6);
        var second = new ConfusionMatrix(6);
        first.Add(truth.AsSpan(0, 3_333), prediction.AsSpan(0, 3_333));
        second.Add(truth.AsSpan(3_333), prediction.AsSpan(3_333));
        first.Merge(second);

        first.Counts.ToArray().ShouldBe(whole.Counts.ToArray());
        for (var t = 0; t < 6; t++)
        {
            for (var p = 0; p < 6; p++)
            {
                whole[t, p].ShouldBe(truth.Zip(prediction).Count(pair => pair == (t, p)));
            }
        }
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(254, 1)]
    [InlineData(0, 3)]
    [InlineData(0, 255)]
    public void An_index_outside_the_classes_is_refused_and_nothing_is_counted(byte truth, byte prediction)
    {
        var matrix = new ConfusionMatrix(3);

        Should.Throw<ArgumentException>(() => matrix.Add([0, truth], [0, prediction])).Message.ShouldContain($"truth {truth} and prediction {prediction}");

        matrix.Counts.ToArray().ShouldAllBe(count => count == 0);
    }

    [Fact]
    public void Lengths_and_sizes_that_differ_are_refused()
    {
        var matrix = new ConfusionMatrix(3);

        Should.Throw<ArgumentException>(() => matrix.Add([0], [0, 1]));
        Should.Throw<ArgumentException>(() => matrix.Merge(new ConfusionMatrix(4)));
    }
}
