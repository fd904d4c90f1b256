using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>
/// A split decoded into memory: each sample takes 4 bytes a pixel (2.1 GB for 8,000 samples at 256x256). Images are stretched
/// to a square by an antialiased bilinear filter, masks by the nearest pixel.
/// </summary>
public sealed class SampleCache
{
    private SampleCache(int imageSize, IReadOnlyList<CachedSample> samples)
    {
        ImageSize = imageSize;
        Samples = samples;
    }

    /// <summary>Side of every image and mask, in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>The samples in the order they were given in.</summary>
    public IReadOnlyList<CachedSample> Samples { get; }

    /// <summary>Decodes a split on as many threads as there are cores, keeping its order.</summary>
    /// <param name="samples">The split in its order.</param>
    /// <param name="imageSize">Side of the square, in pixels.</param>
    /// <param name="classes">Number of classes: a mask with another index (but 255) is refused.</param>
    /// <param name="decoded">Told the number of samples decoded so far, now and then; null when nobody asks.</param>
    /// <param name="cancellationToken">Stops reading and decoding.</param>
    /// <exception cref="ImageFormatException">An image or mask does not decode; the message names the sample.</exception>
    /// <exception cref="InvalidDataException">A mask names a class that is not there.</exception>
    public static async Task<SampleCache> BuildAsync(
        IAsyncEnumerable<EncodedSample> samples, int imageSize, int classes, IProgress<int>? decoded, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, 1);
        var decoding = OrderedParallel.SelectAsync(
            samples, (sample, _) => Task.FromResult(CachedSample.DecodeSquare(sample, imageSize, classes)), Environment.ProcessorCount * 2, cancellationToken);
        var all = new List<CachedSample>();
        await foreach (var sample in decoding)
        {
            all.Add(sample);
            if (all.Count % 64 == 0)
            {
                decoded?.Report(all.Count);
            }
        }

        decoded?.Report(all.Count);
        return new SampleCache(imageSize, all);
    }
}
