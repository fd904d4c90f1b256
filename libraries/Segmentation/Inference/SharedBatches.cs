using System.Threading.Channels;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>
/// Images of many callers, computed together. Nobody waits for company: whatever has come in while others were computed is
/// the next batch. Alone, an image is computed at once; under load, batches fill by themselves.
/// </summary>
internal sealed class SharedBatches : IAsyncDisposable
{
    /// <summary>Images a batch has at most.</summary>
    public const int Most = 8;

    private readonly Func<IReadOnlyList<RgbImage>, IReadOnlyList<ScoreGrid>> _score;
    private readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>();
    private readonly Task _serving;

    /// <param name="score">Computes a batch; called from as many threads as there are batches at once.</param>
    /// <param name="atOnce">Batches computed at the same time, at least 1.</param>
    public SharedBatches(Func<IReadOnlyList<RgbImage>, IReadOnlyList<ScoreGrid>> score, int atOnce)
    {
        _score = score;
        _serving = Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => ServeAsync()));
    }

    /// <summary>The scores of an image.</summary>
    /// <param name="image">The image, of the network's size.</param>
    /// <param name="cancellationToken">Takes the image out of its batch; a batch that is being computed goes on for the others.</param>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public Task<ScoreGrid> ScoreAsync(RgbImage image, CancellationToken cancellationToken)
    {
        var request = new Request(image, cancellationToken);
        ObjectDisposedException.ThrowIf(!_requests.Writer.TryWrite(request), this);
        return request.Scores.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Answers what was asked for and takes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (await _requests.Reader.WaitToReadAsync())
        {
            var batch = new List<Request>(Most);
            while (batch.Count < Most && _requests.Reader.TryRead(out var request))
            {
                if (!request.CancellationToken.IsCancellationRequested)
                    batch.Add(request);
            }

            if (batch.Count > 0)
                await AnswerAsync(batch);
        }
    }

    private async Task AnswerAsync(List<Request> batch)
    {
        try
        {
            var scores = await Task.Run(() => _score([.. batch.Select(request => request.Image)]));
            for (var i = 0; i < batch.Count; i++)
                batch[i].Scores.SetResult(scores[i]);
        }
        catch (Exception exception)
        {
            foreach (var request in batch)
                request.Scores.TrySetException(exception);
        }
    }

    private sealed record Request(RgbImage Image, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<ScoreGrid> Scores { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
