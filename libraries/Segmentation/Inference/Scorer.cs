using Maskwright.Imaging;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>Shows images to a network, in as many ways as were asked for, and joins its answers into one grid of scores each.</summary>
/// <remarks>Everything happens on the calling thread: libtorch keeps a team of threads for each thread that calls it.</remarks>
internal sealed class Scorer
{
    // torchvision's backbones halve the map five times.
    private const int SideMultiple = 32;

    private readonly TrainedModel _model;
    private readonly InferenceOptions _options;
    private readonly Device _device;

    /// <param name="model">Left in evaluation mode; not disposed.</param>
    /// <param name="options">How images are shown.</param>
    public Scorer(TrainedModel model, InferenceOptions options)
    {
        _model = model;
        _options = options;
        model.Network.eval();
        _device = model.Network.parameters().First().device;
    }

    private int Side => _model.Description.ImageSize;

    /// <summary>Scores of each image: on the network's square, or at the image's own size where it was seen through windows.</summary>
    /// <param name="images">Images of any size; those that share a size of input go through the network together.</param>
    public ScoreGrid[] Score(IReadOnlyList<RgbImage> images)
    {
        using var inference = inference_mode();
        if (!_options.SlidingWindow)
            return ScoreWhole(images);
        return [.. images.Select(image => Math.Max(image.Width, image.Height) > Side ? new WindowedScores(this, image, Side).Compute() : ScoreWhole([image])[0])];
    }

    /// <summary>Scores of images that are stretched to the network's square.</summary>
    public ScoreGrid[] ScoreWhole(IReadOnlyList<RgbImage> images)
    {
        using var scope = NewDisposeScope();
        var looks = _options.Scales.SelectMany(scale => Looks(images, SideAt(scale))).ToList();
        return ToGrids(Join(looks), images.Count);
    }

    // One look: scores [N, C, S, S] on the network's own square.
    private IEnumerable<Tensor> Looks(IReadOnlyList<RgbImage> images, int side)
    {
        var input = ToInput(images, side);
        yield return ToSquare(Forward(input));
        if (_options.Flip)
            yield return ToSquare(Forward(input.flip(3)).flip(3));
    }

    private Tensor Forward(Tensor input)
    {
        using var output = _model.Network.forward(input);
        return output.Output.alias();
    }

    private Tensor ToSquare(Tensor scores) => scores.shape[2] == Side
        ? scores
        : nn.functional.interpolate(scores, [Side, Side], mode: InterpolationMode.Bilinear, align_corners: false);

    // Probabilities are averaged; as their logarithms they are scores again.
    private static Tensor Join(List<Tensor> looks) => looks.Count == 1
        ? looks[0]
        : stack(looks.Select(look => look.softmax(1))).mean([0]).log();

    private Tensor ToInput(IReadOnlyList<RgbImage> images, int side)
    {
        using var batch = new Batch([.. images.Select((_, index) => $"{index}")], side);
        for (var i = 0; i < images.Count; i++)
        {
            var image = images[i].Width == side && images[i].Height == side ? images[i] : Resampling.Resize(images[i], side, side);
            _model.Description.Normalization.Apply(image.Pixels, batch.Image(i));
        }

        return batch.ToImages(_device);
    }

    private ScoreGrid[] ToGrids(Tensor scores, int count)
    {
        var classes = (int)scores.shape[1];
        var values = scores.cpu().contiguous().data<float>().ToArray();
        return [.. values.Chunk(values.Length / count).Select(part => new ScoreGrid(part, classes, Side, Side))];
    }

    private int SideAt(double scale) => scale == 1
        ? Side
        : Math.Max(SideMultiple, (int)Math.Round(Side * scale / SideMultiple) * SideMultiple);
}
