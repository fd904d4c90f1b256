using System.Threading.Channels;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>Labels the pixels of single images of any size.</summary>
/// <remarks>
/// The image is stretched to the model's square, scored, and the scores (not the labels) are scaled back bilinearly to the
/// image's own size before the highest is taken, so that edges are as smooth as the scores are. Calls may come from any
/// number of threads: those that come while others are computed go through the network together.
/// </remarks>
public sealed class Predictor : IAsyncDisposable
{
    private const int MaxBatch = 8;

    private readonly Scorer _scorer;
    private readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>();
    private readonly Task _serving;

    /// <summary>Readies a model; it is not needed any more afterwards.</summary>
    public Predictor(TrainedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Description = model.Description;
        _scorer = new Scorer(model, InferenceOptions.Plain);
        _serving = ServeAsync();
    }

    /// <summary>Classes, image size and normalisation of the model.</summary>
    public ModelDescription Description { get; }

    /// <summary>Labels every pixel.</summary>
    /// <param name="image">An image of any size.</param>
    /// <param name="cancellationToken">Takes the image out of the queue; a batch that is being computed goes on for the others.</param>
    /// <returns>A mask of the image's size, and each class's share of it.</returns>
    /// <exception cref="ObjectDisposedException">The predictor was disposed.</exception>
    public async Task<Prediction> PredictAsync(RgbImage image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var side = Description.ImageSize;
        var request = new Request(Resampling.Resize(image, side, side), cancellationToken);
        ObjectDisposedException.ThrowIf(!_requests.Writer.TryWrite(request), this);
        var scores = await request.Scores.Task.WaitAsync(cancellationToken);
        var labelled = scores.Label(image.Width, image.Height);
        var shares = labelled.Mask.Shares(Description.Classes.Count).Select((share, index) => new ClassShare(index, Description.Classes[index], share));
        return new Prediction(labelled, [.. shares]);
    }

    /// <summary>Answers what was asked for and frees the model.</summary>
    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _serving;
        _scorer.Dispose();
    }

    // Nobody waits for company: whatever has come in while the last batch was computed is the next one. Alone, an image is
    // computed at once; under load, batches fill by themselves.
    private async Task ServeAsync()
    {
        while (await _requests.Reader.WaitToReadAsync())
        {
            var batch = new List<Request>(MaxBatch);
            while (batch.Count < MaxBatch && _requests.Reader.TryRead(out var request))
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
            var scores = await Task.Run(() => _scorer.Score([.. batch.Select(request => request.Square)]));
            for (var i = 0; i < batch.Count; i++)
                batch[i].Scores.SetResult(scores[i]);
        }
        catch (Exception exception)
        {
            foreach (var request in batch)
                request.Scores.TrySetException(exception);
        }
    }

    private sealed record Request(RgbImage Square, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<ScoreGrid> Scores { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What a model sees in one image.</summary>
/// <param name="Labels">Class indices and confidence at the image's size.</param>
/// <param name="Shares">Every class's share of the pixels, in the order of class indices.</param>
public sealed record Prediction(LabelledImage Labels, IReadOnlyList<ClassShare> Shares);

/// <summary>How much of an image a class takes.</summary>
/// <param name="Index">Class index.</param>
/// <param name="Name">Class name.</param>
/// <param name="Share">Share of the pixels, 0 to 1.</param>
public sealed record ClassShare(int Index, string Name, double Share);
