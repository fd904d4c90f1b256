using Maskwright.Imaging;
using Maskwright.OnnxInference;
using Maskwright.Segmentation.Onnx;

namespace Maskwright.Segmentation;

/// <summary>Shows images to a network, in as many ways as were asked for, and joins its answers into one grid of scores each.</summary>
/// <remarks>
/// Computes by ONNX Runtime, which fuses what libtorch computes one after the other: the same scores to 1e-4 (tested for every
/// network), in less time. Each call is computed by its own thread alone; thread-safe, for as many calls at once as
/// <see cref="Threads"/>.
/// </remarks>
internal sealed class Scorer : IDisposable
{
    // torchvision's backbones halve the map five times.
    private const int SideMultiple = 32;

    private readonly InferenceOptions _options;
    private readonly Dictionary<int, OnnxPredictor> _bySide;
    private readonly int _side;

    /// <summary>How many calls at once keep every core busy, and none in another's way.</summary>
    public static int Threads => NativeEnvironment.TryReadThreads(out var threads) ? threads : Environment.ProcessorCount;

    /// <param name="model">The model; not needed any more afterwards.</param>
    /// <param name="options">How images are shown.</param>
    public Scorer(TrainedModel model, InferenceOptions options)
    {
        _options = options;
        _side = model.Description.ImageSize;
        _bySide = options.Scales.Select(SideAt).Distinct().ToDictionary(
            side => side,
            side => OnnxPredictor.Load(OnnxExport.Write(model, programVersion: "", side), model.Description.Network, threads: 1));
    }

    /// <summary>Scores of each image: on the network's square, or at the image's own size where it was seen through windows.</summary>
    /// <param name="images">Images of any size; those that share a size of input go through the network together.</param>
    public IReadOnlyList<ScoreGrid> Score(IReadOnlyList<RgbImage> images) => _options.SlidingWindow
        ? [.. images.Select(image => Math.Max(image.Width, image.Height) > _side ? new WindowedScores(this, image, _side).Compute() : ScoreWhole([image])[0])]
        : ScoreWhole(images);

    /// <summary>Scores of images that are stretched to the network's square.</summary>
    public IReadOnlyList<ScoreGrid> ScoreWhole(IReadOnlyList<RgbImage> images)
    {
        var looks = _options.Scales.SelectMany(scale => Looks(images, SideAt(scale))).ToList();
        return looks.Count == 1 ? looks[0] : [.. images.Select((_, i) => ScoreGrid.Average([.. looks.Select(look => look[i])]))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var network in _bySide.Values)
            network.Dispose();
    }

    // One look: scores of every image on the network's own square.
    private IEnumerable<IReadOnlyList<ScoreGrid>> Looks(IReadOnlyList<RgbImage> images, int side)
    {
        var network = _bySide[side];
        RgbImage[] squares = [.. images.Select(image => image.Width == side && image.Height == side ? image : Resampling.Resize(image, side, side))];
        yield return [.. network.Score(squares).Select(scores => scores.Resize(_side, _side))];
        if (_options.Flip)
            yield return [.. network.Score([.. squares.Select(square => square.Mirror())]).Select(scores => scores.Mirror().Resize(_side, _side))];
    }

    private int SideAt(double scale) => scale == 1
        ? _side
        : Math.Max(SideMultiple, (int)Math.Round(_side * scale / SideMultiple) * SideMultiple);
}
