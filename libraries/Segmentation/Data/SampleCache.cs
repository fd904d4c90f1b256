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
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var slots = new SemaphoreSlim(Environment.ProcessorCount * 2);
        var decoding = new List<Task<CachedSample>>();
        try
        {
            await foreach (var sample in samples.WithCancellation(stop.Token))
            {
                await slots.WaitAsync(stop.Token);
                if (decoding.Count > 0 && decoding[^1].IsFaulted)
                {
                    break;
                }

                decoding.Add(Task.Run(
                    () =>
                    {
                        try
                        {
                            return CachedSample.DecodeSquare(sample, imageSize, classes);
                        }
                        finally
                        {
                            slots.Release();
                        }
                    },
                    stop.Token));
                if (decoding.Count % 64 == 0)
                {
                    decoded?.Report(decoding.Count);
                }
            }

            var all = await Task.WhenAll(decoding);
            decoded?.Report(all.Length);
            return new SampleCache(imageSize, all);
        }
        finally
        {
            // No decoder may outlive the semaphore it releases.
            await stop.CancelAsync();
            await ((Task)Task.WhenAll(decoding)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
