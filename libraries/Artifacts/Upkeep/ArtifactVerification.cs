using System.Collections.Concurrent;

namespace Maskwright.Artifacts;

/// <summary>What was verified, and what failed.</summary>
/// <param name="Manifests">Manifests that were read, lineage included.</param>
/// <param name="Objects">Objects that they name.</param>
/// <param name="Bytes">Bytes of those objects, as their manifests say.</param>
/// <param name="Failures">What is not as it should be; empty where all is well.</param>
public sealed record VerificationReport(IReadOnlyList<string> Manifests, int Objects, long Bytes, IReadOnlyList<ArtifactFailure> Failures);

/// <summary>How far work on the objects of artifacts is.</summary>
/// <param name="Objects">Objects done.</param>
/// <param name="TotalObjects">Objects in all.</param>
/// <param name="Bytes">Bytes done.</param>
/// <param name="TotalBytes">Bytes in all.</param>
public sealed record ObjectProgress(int Objects, int TotalObjects, long Bytes, long TotalBytes);

/// <summary>Reads every object of artifacts and of all they were made of, and compares it with the manifest that names it.</summary>
public static class ArtifactVerification
{
    private const int Parallel = 4;
    private const int ReadBytes = 256 * 1024;

    /// <summary>Verifies artifacts with their whole lineage. Failures are collected, not thrown.</summary>
    /// <param name="storage">Where they are.</param>
    /// <param name="manifests">The keys of their manifests.</param>
    /// <param name="progress">Told of every few megabytes, from any thread; or null.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="StorageException">Storage as a whole fails: it can't be reached or refuses the keys.</exception>
    public static async Task<VerificationReport> RunAsync(
        ObjectStorage storage, IEnumerable<string> manifests, IProgress<ObjectProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var lineage = await ArtifactLineage.ReadAsync(storage, manifests, cancellationToken);
        var objects = lineage.Manifests
            .SelectMany(manifest => manifest.References.Objects, (manifest, entry) => (Entry: entry, manifest.Key))
            .DistinctBy(named => named.Entry)
            .ToList();
        var total = objects.Sum(named => named.Entry.Size);
        var failures = new ConcurrentBag<(int Order, ArtifactFailure Failure)>();
        long bytes = 0;
        var done = 0;
        await System.Threading.Tasks.Parallel.ForEachAsync(
            objects.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (item, stop) =>
            {
                var (entry, namedBy) = item.Item;
                long read = 0;
                try
                {
                    await using var content = await storage.OpenArtifactAsync(entry, stop);
                    var buffer = new byte[ReadBytes];
                    while (await content.ReadAsync(buffer, stop) is > 0 and var count)
                    {
                        read += count;
                        progress?.Report(new ObjectProgress(done, objects.Count, Interlocked.Add(ref bytes, count), total));
                    }
                }
                catch (Exception error) when (!stop.IsCancellationRequested && ArtifactFailure.Of(entry.Key, namedBy, error) is { } failure)
                {
                    failures.Add((item.Index, failure));
                }

                // What could not be read is done with as well.
                progress?.Report(new ObjectProgress(Interlocked.Increment(ref done), objects.Count, Interlocked.Add(ref bytes, entry.Size - read), total));
            });
        return new VerificationReport(
            [.. lineage.Manifests.Select(manifest => manifest.Key)],
            objects.Count,
            total,
            [.. lineage.Failures, .. failures.OrderBy(failed => failed.Order).Select(failed => failed.Failure)]);
    }
}
