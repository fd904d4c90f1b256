using Maskwright.Imaging;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>Labels the pixels of single images of any size.</summary>
/// <remarks>
/// The image is stretched to the model's square, scored, and the scores (not the labels) are scaled back bilinearly to the
/// image's own size before the highest is taken, so that edges are as smooth as the scores are. Calls may come from several
/// threads; they are served one after the other.
/// </remarks>
public sealed class Predictor : IDisposable
{
    private readonly TrainedModel _model;
    private readonly Lock _lock = new();

    /// <summary>Takes a model over; it is disposed with the predictor.</summary>
    public Predictor(TrainedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        model.Network.eval();
    }

    /// <summary>Classes, image size and normalisation of the model.</summary>
    public ModelDescription Description => _model.Description;

    /// <summary>Loads a predictor from a safetensors file that training wrote.</summary>
    /// <exception cref="WeightsFormatException">The file is not such a file.</exception>
    public static Predictor Load(ReadOnlyMemory<byte> file, string name) => new(TrainedModel.Load(file, name));

    /// <summary>Labels every pixel.</summary>
    /// <param name="image">An image of any size.</param>
    /// <returns>A mask of the image's size, and each class's share of it.</returns>
    public Prediction Predict(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var size = Description.ImageSize;
        var mask = ScoreMap.Enlarge(Score(Resampling.Resize(image, size, size)), Description.Classes.Count, size, image.Width, image.Height);
        var pixels = new long[Description.Classes.Count];
        foreach (var index in mask.Pixels)
        {
            pixels[index]++;
        }

        var shares = pixels.Select((count, index) => new ClassShare(index, Description.Classes[index], (double)count / mask.Pixels.Length));
        return new Prediction(mask, [.. shares]);
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private float[] Score(RgbImage square)
    {
        using var batch = new Batch(["image"], square.Width);
        Description.Normalization.Apply(square.Pixels, batch.Image(0));
        lock (_lock)
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            using var output = _model.Network.forward(batch.ToImages(CPU));
            return output.Output.data<float>().ToArray();
        }
    }
}

/// <summary>What a model sees in one image.</summary>
/// <param name="Mask">Class indices at the image's size.</param>
/// <param name="Shares">Every class's share of the pixels, in the order of class indices.</param>
public sealed record Prediction(IndexMask Mask, IReadOnlyList<ClassShare> Shares);

/// <summary>How much of an image a class takes.</summary>
/// <param name="Index">Class index.</param>
/// <param name="Name">Class name.</param>
/// <param name="Share">Share of the pixels, 0 to 1.</param>
public sealed record ClassShare(int Index, string Name, double Share);
