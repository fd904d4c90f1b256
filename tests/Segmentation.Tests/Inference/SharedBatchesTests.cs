using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

public sealed class SharedBatchesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_while_others_are_computed_is_one_batch_without_those_who_have_cancelled()
    {
        var network = new HeldNetwork();
        await using var batches = new SharedBatches(network.Score, atOnce: 1);
        using var cancel = new CancellationTokenSource();
        var first = batches.ScoreAsync(Image(1), Cancellation);
        await network.IsComputing.Task.WaitAsync(Cancellation);

        var second = batches.ScoreAsync(Image(2), Cancellation);
        var cancelled = batches.ScoreAsync(Image(3), cancel.Token);
        var fourth = batches.ScoreAsync(Image(4), Cancellation);
        await cancel.CancelAsync();
        network.Go.Set();

        (await first).Values.ShouldBe([1]);
        (await second).Values.ShouldBe([2]);
        (await fourth).Values.ShouldBe([4]);
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        network.Batches.ShouldBe([[1], [2, 4]]);
    }

    [Fact]
    public async Task A_batch_that_fails_fails_for_its_callers_alone()
    {
        var failing = true;
        await using var batches = new SharedBatches(images => failing ? throw new InvalidDataException("no") : [Scores(images[0])], atOnce: 1);
        await Should.ThrowAsync<InvalidDataException>(() => batches.ScoreAsync(Image(1), Cancellation));
        failing = false;

        (await batches.ScoreAsync(Image(2), Cancellation)).Values.ShouldBe([2]);
    }

    private static RgbImage Image(byte number) => new(1, 1, [number, 0, 0]);

    private static ScoreGrid Scores(RgbImage image) => new([image.Pixels[0]], 1, 1, 1);

    /// <summary>A network that computes nothing until it may.</summary>
    private sealed class HeldNetwork
    {
        public List<byte[]> Batches { get; } = [];

        public TaskCompletionSource IsComputing { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Go { get; } = new();

        public IReadOnlyList<ScoreGrid> Score(IReadOnlyList<RgbImage> images)
        {
            Batches.Add([.. images.Select(image => image.Pixels[0])]);
            IsComputing.TrySetResult();
            Go.Wait(Cancellation);
            return [.. images.Select(Scores)];
        }
    }
}
