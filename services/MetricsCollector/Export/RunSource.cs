using System.Runtime.CompilerServices;
using Maskwright.Artifacts;

namespace Maskwright.MetricsCollector;

/// <summary>All that is known of a run, read a part at a time.</summary>
/// <param name="run">The run.</param>
/// <param name="store">Where its points are.</param>
/// <param name="storage">Where its images are; null where there is none, which leaves them out.</param>
internal sealed class RunSource(StoredRun run, MetricsStore store, ObjectStorage? storage)
{
    private const int PageSize = 1_000;

    /// <summary>The run.</summary>
    public StoredRun Run { get; } = run;

    private string Id => Run.Registration.Id;

    /// <summary>All points, metric after metric, each in the order of its steps.</summary>
    public async IAsyncEnumerable<StoredPoint> PointsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var metric in Run.Metrics)
        {
            await foreach (var part in store.ReadAllAsync(Id, metric.Metric, cancellationToken))
            {
                foreach (var point in part)
                    yield return point;
            }
        }
    }

    /// <summary>All references to images, by step and sample.</summary>
    public async IAsyncEnumerable<StoredImage> ImagesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (long Step, string Sample)? after = null;
        while (await store.ListImagesAsync(Id, null, "", after, PageSize, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var image in page)
                yield return image;
            after = (page[^1].Step, page[^1].SampleKey);
        }
    }

    /// <summary>All events, in the order in which they were kept.</summary>
    public async IAsyncEnumerable<StoredEvent> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0L;
        while (await store.ListEventsAsync(Id, after, PageSize, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var line in page)
                yield return line;
            after = page[^1].Number;
        }
    }

    /// <summary>The bytes of an image; null when there is none of this key, or no more.</summary>
    public async Task<byte[]?> ImageAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return key.Length == 0 || storage is null ? null : await storage.TryGetAsync(key, ArchivedImages.MaxBytes, cancellationToken);
        }
        catch (ArgumentException)
        {
            // What was logged as a key is none that storage could have.
            return null;
        }
    }
}
