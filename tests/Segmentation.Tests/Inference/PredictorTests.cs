using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

public sealed class PredictorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_prediction_has_the_images_size_and_its_shares_are_the_masks()
    {
        await using var predictor = Create();

        var prediction = await predictor.PredictAsync(Noise(90, 50, seed: 1), withConfidence: true, Cancellation);

        var mask = prediction.Labels.Mask;
        (mask.Width, mask.Height).ShouldBe((90, 50));
        prediction.Shares.Sum(share => share.Share).ShouldBe(1, 1e-9);
        prediction.Shares.Select(share => share.Name).ShouldBe(SyntheticSplit.Classes);
        prediction.Shares[1].Share.ShouldBe(mask.Pixels.Count(pixel => pixel == 1) / 4500.0);
        prediction.Labels.Confidence.ShouldAllBe(value => value > 0.33f && value <= 1);
    }

    [Fact]
    public async Task Images_that_come_at_once_get_the_answers_they_would_get_alone()
    {
        await using var predictor = Create();
        var images = Enumerable.Range(0, 20).Select(i => Noise(30 + (5 * i), 60, seed: i)).ToList();
        var alone = new List<Prediction>();
        foreach (var image in images)
            alone.Add(await predictor.PredictAsync(image, withConfidence: false, Cancellation));

        var together = await Task.WhenAll(images.Select(image => predictor.PredictAsync(image, withConfidence: false, Cancellation)));

        for (var i = 0; i < images.Count; i++)
            together[i].Labels.Mask.Pixels.ShouldBe(alone[i].Labels.Mask.Pixels);
    }

    [Fact]
    public async Task Who_cancels_gets_no_answer_and_disturbs_nobody()
    {
        await using var predictor = Create();
        using var cancel = new CancellationTokenSource();
        var images = Enumerable.Range(0, 12).Select(i => Noise(64, 64, seed: i)).ToList();

        var asked = images.Select((image, i) => predictor.PredictAsync(image, withConfidence: false, i % 2 == 0 ? cancel.Token : Cancellation)).ToList();
        await cancel.CancelAsync();

        foreach (var answer in asked.Where((_, i) => i % 2 == 1))
            (await answer).Labels.Mask.Width.ShouldBe(64);
        await ((Task)Task.WhenAll(asked)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        asked.ShouldAllBe(answer => answer.IsCompletedSuccessfully || answer.IsCanceled);
    }

    [Fact]
    public async Task A_disposed_predictor_answers_nobody()
    {
        var predictor = Create();
        await predictor.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(() => predictor.PredictAsync(Noise(8, 8, seed: 1), withConfidence: true, Cancellation));
    }

    private static Predictor Create()
    {
        using var model = InferenceModel.Create();
        return new Predictor(model);
    }

    private static RgbImage Noise(int width, int height, int seed)
    {
        var pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }
}
