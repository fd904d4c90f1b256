using System.Collections;
using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>
/// A split decoded once: each sample takes 4 bytes a pixel (2.1 GB for 8,000 samples at 256x256), in memory, then in a
/// memory-mapped file; what is beyond both limits is decoded at each use. Images are stretched to a square by an antialiased
/// bilinear filter, masks by the nearest pixel.
/// </summary>
public sealed class SampleCache : IDisposable
{
    private readonly int _classes;
    private readonly List<Place> _places = [];
    private SampleFile? _file;

    private SampleCache(int imageSize, int classes)
    {
        (ImageSize, _classes) = (imageSize, classes);
        Samples = new SampleList(this);
    }

    /// <summary>Side of every image and mask, in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>
    /// The samples in the order they were given in. One that is not in memory is read or decoded each time it is asked for; by any
    /// number of threads.
    /// </summary>
    public IReadOnlyList<CachedSample> Samples { get; }

    /// <summary>Bytes of decoded samples in memory.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>Bytes of decoded samples in the file.</summary>
    public long FileBytes { get; private set; }

    /// <summary>How many samples are decoded at each use.</summary>
    public int Undecoded { get; private set; }

    private int SampleBytes => 4 * ImageSize * ImageSize;

    /// <summary>Decodes a split on as many threads as there are cores, keeping its order.</summary>
    /// <param name="samples">The split in its order.</param>
    /// <param name="imageSize">Side of the square, in pixels.</param>
    /// <param name="classes">Number of classes: a mask with another index (but 255) is refused.</param>
    /// <param name="decoded">Told the number of samples decoded so far, now and then; null when nobody asks.</param>
    /// <param name="cancellationToken">Stops reading and decoding.</param>
    /// <param name="limits">How much is kept decoded; the usual when null.</param>
    /// <exception cref="ImageFormatException">An image or mask does not decode; the message names the sample.</exception>
    /// <exception cref="InvalidDataException">A mask names a class that is not there.</exception>
    /// <exception cref="IOException">There is no room for the file.</exception>
    public static async Task<SampleCache> BuildAsync(
        IAsyncEnumerable<EncodedSample> samples, int imageSize, int classes, IProgress<int>? decoded, CancellationToken cancellationToken, SampleCacheLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, 1);
        var decoding = OrderedParallel.SelectAsync(
            samples,
            (sample, _) => Task.FromResult((Encoded: sample, Decoded: CachedSample.DecodeSquare(sample, imageSize, classes))),
            Environment.ProcessorCount * 2,
            cancellationToken);
        var cache = new SampleCache(imageSize, classes);
        try
        {
            await foreach (var sample in decoding)
            {
                cache.Add(sample.Encoded, sample.Decoded, limits ?? new SampleCacheLimits());
                if (cache._places.Count % 64 == 0)
                {
                    decoded?.Report(cache._places.Count);
                }
            }

            cache._file?.Map();
        }
        catch
        {
            cache.Dispose();
            throw;
        }

        decoded?.Report(cache._places.Count);
        return cache;
    }

    /// <summary>The key of a sample.</summary>
    /// <param name="index">Its place in <see cref="Samples"/>.</param>
    public string KeyOf(int index) => _places[index].Encoded.Key;

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private void Add(EncodedSample encoded, CachedSample decoded, SampleCacheLimits limits)
    {
        var named = encoded with { Jpeg = [], MaskPng = [] };
        if (MemoryBytes + SampleBytes <= limits.MemoryBytes)
        {
            MemoryBytes += SampleBytes;
            _places.Add(new Place(named, decoded, Start: 0, EncodedImage: 0, EncodedMask: 0));
            return;
        }

        _file ??= new SampleFile(limits.Folder);
        var isDecoded = FileBytes + SampleBytes <= limits.FileBytes;
        var (first, second) = isDecoded ? (decoded.Image.Pixels, decoded.Mask.Pixels) : (encoded.Jpeg, encoded.MaskPng);
        var start = _file.Append(first);
        _file.Append(second);
        FileBytes += isDecoded ? SampleBytes : 0;
        Undecoded += isDecoded ? 0 : 1;
        _places.Add(new Place(named, null, start, isDecoded ? 0 : first.Length, isDecoded ? 0 : second.Length));
    }

    private CachedSample Read(Place place)
    {
        if (place.Decoded is { } decoded)
        {
            return decoded;
        }

        if (place.EncodedImage > 0)
        {
            var encoded = place.Encoded with { Jpeg = _file!.Read(place.Start, place.EncodedImage), MaskPng = _file.Read(place.Start + place.EncodedImage, place.EncodedMask) };
            return CachedSample.DecodeSquare(encoded, ImageSize, _classes);
        }

        var pixels = ImageSize * ImageSize;
        return new CachedSample(
            place.Encoded.Key,
            new RgbImage(ImageSize, ImageSize, _file!.Read(place.Start, 3 * pixels)),
            new IndexMask(ImageSize, ImageSize, _file.Read(place.Start + 3 * pixels, pixels)));
    }

    /// <summary>Where a sample is.</summary>
    /// <param name="Encoded">The sample without its bytes.</param>
    /// <param name="Decoded">The decoded sample, when it is in memory.</param>
    /// <param name="Start">Where it begins in the file.</param>
    /// <param name="EncodedImage">Bytes of its encoded image; 0 when the file has it decoded.</param>
    /// <param name="EncodedMask">Bytes of its encoded mask.</param>
    private sealed record Place(EncodedSample Encoded, CachedSample? Decoded, long Start, int EncodedImage, int EncodedMask);

    private sealed class SampleList(SampleCache cache) : IReadOnlyList<CachedSample>
    {
        public int Count => cache._places.Count;

        public CachedSample this[int index] => cache.Read(cache._places[index]);

        public IEnumerator<CachedSample> GetEnumerator() => cache._places.Select(cache.Read).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
