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
    private readonly Scorer _scorer;
    private readonly SharedBatches _batches;

    /// <summary>Readies a model; it is not needed any more afterwards.</summary>
    public Predictor(TrainedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Description = model.Description;
        _scorer = new Scorer(model, InferenceOptions.Plain);
        _batches = new SharedBatches(_scorer.Score, Scorer.Threads);
    }

    /// <summary>Classes, image size and normalisation of the model.</summary>
    public ModelDescription Description { get; }

    /// <summary>Labels every pixel.</summary>
    /// <param name="image">An image of any size.</param>
    /// <param name="withConfidence">Whether it is asked how sure the model is of each pixel.</param>
    /// <param name="cancellationToken">Takes the image out of its batch; a batch that is being computed goes on for the others.</param>
    /// <returns>A mask of the image's size, and each class's share of it.</returns>
    /// <exception cref="ObjectDisposedException">The predictor was disposed.</exception>
    public async Task<Prediction> PredictAsync(RgbImage image, bool withConfidence, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var side = Description.ImageSize;
        var scores = await _batches.ScoreAsync(Resampling.Resize(image, side, side), cancellationToken);
        var labelled = scores.Label(image.Width, image.Height, withConfidence);
        var shares = labelled.Mask.Shares(Description.Classes.Count).Select((share, index) => new ClassShare(index, Description.Classes[index], share));
        return new Prediction(labelled, [.. shares]);
    }

    /// <summary>Answers what was asked for and frees the model.</summary>
    public async ValueTask DisposeAsync()
    {
        await _batches.DisposeAsync();
        _scorer.Dispose();
    }
}

/// <summary>What a model sees in one image.</summary>
/// <param name="Labels">Class indices, and confidence where it was asked for, at the image's size.</param>
/// <param name="Shares">Every class's share of the pixels, in the order of class indices.</param>
public sealed record Prediction(LabelledImage Labels, IReadOnlyList<ClassShare> Shares);

/// <summary>How much of an image a class takes.</summary>
/// <param name="Index">Class index.</param>
/// <param name="Name">Class name.</param>
/// <param name="Share">Share of the pixels, 0 to 1.</param>
public sealed record ClassShare(int Index, string Name, double Share);
