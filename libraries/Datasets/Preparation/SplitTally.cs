using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>Counts the samples of one split as they pass.</summary>
internal sealed class SplitTally(IReadOnlyList<string> classes)
{
    private readonly long[] _images = new long[classes.Count];
    private readonly long[] _instances = new long[classes.Count];
    private readonly long[] _pixels = new long[classes.Count];
    private readonly long[] _pixelsOfImages = new long[classes.Count];
    private readonly long[][] _together = [.. classes.Select(_ => new long[classes.Count])];
    private readonly SizeCounts _sizes = new();
    private long _count;
    private long _ignored;

    /// <summary>Sums over the colours.</summary>
    public ChannelSums Channels { get; private set; } = ChannelSums.Zero;

    public void Add(RasterisedSample sample)
    {
        _count++;
        _ignored += sample.PixelsOf[IndexMask.Ignore];
        var valid = sample.PixelsOf.Sum() - sample.PixelsOf[IndexMask.Ignore];
        int[] shown = [.. sample.Classes];
        foreach (var index in shown)
        {
            _images[index]++;
            foreach (var other in shown)
                _together[index][other]++;
            _pixels[index] += sample.PixelsOf[index];
            _pixelsOfImages[index] += valid;
        }

        var instances = sample.Image.Source.Instances;
        for (var index = 0; index < classes.Count; index++)
            _instances[index] += instances[index];
        Channels = Channels.Add(sample.Image.Channels);
        _sizes.Add(sample.Info.Width, sample.Info.Height);
    }

    public SplitStatistics ToStatistics() => new(
        _count,
        _pixels.Sum(),
        _ignored,
        [.. classes.Select((name, index) => new ClassStatistics(index, name, _images[index], _instances[index], _pixels[index]))])
    {
        CoOccurrence = _together,
        Widths = _sizes.Widths,
        Heights = _sizes.Heights,
        Aspects = _sizes.Aspects,
    };

    /// <summary>
    /// Median-frequency weights (Eigen and Fergus 2015): the median of the frequencies over the class's own, a
    /// frequency being its pixels over the valid pixels of the images that show it. Null for a class that does not occur.
    /// </summary>
    public IReadOnlyList<double?> MedianFrequencyWeights()
    {
        var frequencies = _pixels.Select((pixels, index) => pixels == 0 ? (double?)null : (double)pixels / _pixelsOfImages[index]).ToArray();
        var sorted = frequencies.OfType<double>().Order().ToArray();
        if (sorted.Length == 0)
            return [.. frequencies];
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return [.. frequencies.Select(frequency => median / frequency)];
    }

    /// <summary>
    /// Inverse-frequency weights: valid pixels over the number of classes that occur and the class's own pixels, so that
    /// every class that occurs weighs the same in all. Null for a class that does not occur.
    /// </summary>
    public IReadOnlyList<double?> InverseFrequencyWeights()
    {
        var (valid, occurring) = ((double)_pixels.Sum(), _pixels.Count(pixels => pixels > 0));
        return [.. _pixels.Select(pixels => pixels == 0 ? (double?)null : valid / ((double)occurring * pixels))];
    }
}
