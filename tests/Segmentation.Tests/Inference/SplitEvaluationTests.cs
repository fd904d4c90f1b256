using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

public sealed class SplitEvaluationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_counts_what_validation_counts_whatever_the_batch_size_and_hands_over_every_sample_in_order()
    {
        using var model = InferenceModel.Create();
        var keys = new List<string>();
        var expected = Evaluation.Run(model, await SyntheticSplit.BuildAsync(7, InferenceModel.Side), 4, Cancellation);

        var one = await RunAsync(model, 7, new EvaluationSettings { BatchSize = 1 });
        var three = await SplitEvaluation.RunAsync(
            model, SyntheticSplit.Samples(7, seed: 1), new EvaluationSettings { BatchSize = 3 }, (sample, _) => keys.Add(sample.Key), Cancellation);

        keys.ShouldBe(Enumerable.Range(0, 7).Select(i => $"s{i:000}"));
        three.Tally.Images.Select(image => image.Key).ShouldBe(keys);
        three.Tally.Matrix.Counts.ToArray().ShouldBe(expected.Matrix.Counts.ToArray());
        one.Tally.Matrix.Counts.ToArray().ShouldBe(expected.Matrix.Counts.ToArray());
        one.Tally.BoundaryIoU().ShouldBe(three.Tally.BoundaryIoU());
        one.Tally.Calibration().Bins.ShouldBe(three.Tally.Calibration().Bins);
        three.Loss!.Value.ShouldBe(expected.Loss, 1e-4);
    }

    [Fact]
    public async Task At_the_original_size_every_pixel_of_the_annotators_counts()
    {
        using var model = InferenceModel.Create();
        var sizes = new List<(int, int)>();

        var result = await SplitEvaluation.RunAsync(
            model, SyntheticSplit.Samples(3, seed: 1), new EvaluationSettings { OriginalSize = true },
            (sample, _) => sizes.Add((sample.Prediction.Mask.Width, sample.Prediction.Mask.Height)), Cancellation);

        sizes.ShouldBe([(48, 40), (48, 40), (48, 40)]);
        result.Tally.Matrix.Pixels.ShouldBe(3 * ((48 * 40) - 1));
        result.Loss.ShouldBeNull();
    }

    [Fact]
    public void A_flipped_look_makes_mirrored_images_give_mirrored_answers()
    {
        using var model = InferenceModel.Create();
        var random = new byte[InferenceModel.Side * InferenceModel.Side * 3];
        new Random(8).NextBytes(random);
        var image = new RgbImage(InferenceModel.Side, InferenceModel.Side, random);

        using var scorer = new Scorer(model, new InferenceOptions { Flip = true });
        var scores = scorer.Score([image])[0];
        var mirrored = scorer.Score([image.Mirror()])[0];

        for (var c = 0; c < scores.Classes; c++)
        {
            for (var y = 0; y < scores.Height; y++)
            {
                var row = scores.Plane(c).Slice(y * scores.Width, scores.Width).ToArray();
                var other = mirrored.Plane(c).Slice(y * scores.Width, scores.Width).ToArray();
                for (var x = 0; x < row.Length; x++)
                    other[^(x + 1)].ShouldBe(row[x], 1e-4f);
            }
        }

    }

    [Fact]
    public void Several_scales_give_probabilities_of_the_network_size()
    {
        using var model = InferenceModel.Create();
        var image = new RgbImage(100, 30, new byte[9_000]);

        using var scorer = new Scorer(model, new InferenceOptions { Scales = [0.5, 1, 1.5] });
        var scores = scorer.Score([image])[0];

        (scores.Width, scores.Height, scores.Classes).ShouldBe((InferenceModel.Side, InferenceModel.Side, 3));
        for (var i = 0; i < scores.Width * scores.Height; i++)
            Enumerable.Range(0, 3).Sum(c => Math.Exp(scores.Values[(c * scores.Width * scores.Height) + i])).ShouldBe(1, 1e-4);
    }

    [Fact]
    public void Windows_cover_a_large_image_at_its_own_size()
    {
        using var model = InferenceModel.Create();
        var pixels = new byte[150 * 70 * 3];
        new Random(2).NextBytes(pixels);

        using var scorer = new Scorer(model, new InferenceOptions { SlidingWindow = true });
        var scores = scorer.Score([new RgbImage(150, 70, pixels)])[0];

        (scores.Width, scores.Height).ShouldBe((150, 70));
        scores.Values.ShouldAllBe(value => float.IsFinite(value));

        // The top left corner is seen by the first window alone.
        var corner = new byte[InferenceModel.Side * InferenceModel.Side * 3];
        for (var y = 0; y < InferenceModel.Side; y++)
            pixels.AsSpan(y * 150 * 3, InferenceModel.Side * 3).CopyTo(corner.AsSpan(y * InferenceModel.Side * 3));
        using var plain = new Scorer(model, InferenceOptions.Plain);
        var alone = plain.Score([new RgbImage(InferenceModel.Side, InferenceModel.Side, corner)])[0];
        scores.Plane(1)[0].ShouldBe(alone.Plane(1)[0], 1e-5f);
    }

    [Fact]
    public async Task A_sample_that_does_not_decode_is_named_and_ends_the_evaluation()
    {
        using var model = InferenceModel.Create();

        var error = await Should.ThrowAsync<ImageFormatException>(() => SplitEvaluation.RunAsync(
            model, Damaged(), new EvaluationSettings { BatchSize = 2 }, each: null, Cancellation));

        error.Message.ShouldContain("s004");
    }

    [Fact]
    public async Task Cancelling_ends_it()
    {
        using var model = InferenceModel.Create();
        using var cancel = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(() => SplitEvaluation.RunAsync(
            model, SyntheticSplit.Samples(500, seed: 1), new EvaluationSettings { BatchSize = 1 }, (_, _) => cancel.Cancel(), cancel.Token));
    }

    private static Task<SplitResult> RunAsync(TrainedModel model, int count, EvaluationSettings settings) =>
        SplitEvaluation.RunAsync(model, SyntheticSplit.Samples(count, seed: 1), settings, each: null, Cancellation);

    private static async IAsyncEnumerable<EncodedSample> Damaged()
    {
        await foreach (var sample in SyntheticSplit.Samples(6, seed: 1))
            yield return sample.Key == "s004" ? sample with { Jpeg = [1, 2, 3] } : sample;
    }
}
