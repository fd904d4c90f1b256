using System.Collections.Concurrent;
using System.Text.Json;

namespace Maskwright.Artifacts;

/// <summary>
/// Removes what no manifest names: the leftovers of work that failed, was cancelled or died, and of uploads that were never
/// finished; and what was only passing through. Only what lies below the prefixes of <see cref="ArtifactKind.All"/> and
/// <see cref="ArtifactKind.Passing"/> is looked at; everything else in the bucket is someone else's.
/// </summary>
/// <param name="storage">The bucket.</param>
/// <param name="olderThan">Nothing written after this moment is touched.</param>
public sealed class ArtifactSweep(ObjectStorage storage, DateTimeOffset olderThan)
{
    private const int Parallel = 8;

    /// <summary>Finds what is to go, and touches nothing.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArtifactException">A manifest can't be read, so that nobody knows what it names.</exception>
    /// <exception cref="StorageException">Storage fails.</exception>
    public async Task<SweepPlan> PlanAsync(CancellationToken cancellationToken = default)
    {
        var objects = new List<ObjectInfo>();
        var uploads = new List<UnfinishedUpload>();
        foreach (var kind in ArtifactKind.All)
        {
            objects.AddRange(await storage.ListAsync($"{kind.Prefix}/", cancellationToken).ToListAsync(cancellationToken));
            uploads.AddRange(await storage.ListUploadsAsync($"{kind.Prefix}/", cancellationToken).ToListAsync(cancellationToken));
        }

        // What is committed from here on is seen when its artifact is looked at again, before anything of it goes.
        var manifests = objects.Select(item => item.Key).Where(key => Owner.Of(key)?.ManifestKey == key).ToList();
        var named = await NamedByAsync(manifests, cancellationToken);
        var unnamed = objects.Where(item => !named.ContainsKey(item.Key) && Owner.Of(item.Key)?.IsDocument(item.Key) == false).ToList();
        var old = unnamed.Where(item => item.LastModified < olderThan).ToList();
        var stale = uploads.Where(upload => upload.Initiated < olderThan && Owner.Of(upload.Key) is not null).ToList();

        var passing = new List<ObjectInfo>();
        foreach (var prefix in ArtifactKind.Passing)
            passing.AddRange(await storage.ListAsync($"{prefix}/", cancellationToken).ToListAsync(cancellationToken));
        var passed = passing.Where(item => item.LastModified < olderThan).ToList();

        var inUse = new ConcurrentDictionary<Owner, bool>();
        var owners = old.Select(item => item.Key).Concat(stale.Select(upload => upload.Key)).Select(key => Owner.Of(key)!).Distinct();
        await System.Threading.Tasks.Parallel.ForEachAsync(owners, Options(cancellationToken), async (owner, stop) =>
            inUse[owner] = await IsInUseAsync(owner, stop));
        return new SweepPlan(
            [.. old.Where(item => !inUse[Owner.Of(item.Key)!]), .. passed],
            [.. stale.Where(upload => !inUse[Owner.Of(upload.Key)!])],
            manifests.Count,
            objects.Count(item => named.ContainsKey(item.Key)),
            old.Count(item => inUse[Owner.Of(item.Key)!]) + stale.Count(upload => inUse[Owner.Of(upload.Key)!]),
            unnamed.Count - old.Count + passing.Count - passed.Count + uploads.Count(upload => upload.Initiated >= olderThan));
    }

    /// <summary>Removes what a plan names, as far as it still is what it was: work that began meanwhile keeps its objects.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Ends the removal; what was removed by then is gone.</param>
    /// <returns>The objects that were removed.</returns>
    public async Task<IReadOnlyList<ObjectInfo>> DeleteAsync(SweepPlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var removed = new List<ObjectInfo>();
        var passed = plan.Objects.Where(item => Owner.Of(item.Key) is null).ToList();
        await storage.DeleteAsync([.. passed.Select(item => item.Key)], cancellationToken);
        removed.AddRange(passed);
        foreach (var artifact in plan.Objects.Except(passed).GroupBy(item => Owner.Of(item.Key)!))
        {
            // The record first: work that had ended by then commits nothing after it.
            if (await IsInUseAsync(artifact.Key, cancellationToken))
                continue;
            var present = await storage.ListAsync(artifact.Key.Prefix, cancellationToken).ToListAsync(cancellationToken);
            var named = await NamedByAsync(present.Select(item => item.Key).Where(key => key == artifact.Key.ManifestKey), cancellationToken);
            var going = artifact.Intersect(present).Where(item => !named.ContainsKey(item.Key)).ToList();
            await storage.DeleteAsync([.. going.Select(item => item.Key)], cancellationToken);
            removed.AddRange(going);
        }

        foreach (var upload in plan.Uploads)
            await storage.AbortUploadAsync(upload, cancellationToken);
        return removed;
    }

    private static ParallelOptions Options(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };

    private async Task<ConcurrentDictionary<string, bool>> NamedByAsync(IEnumerable<string> manifests, CancellationToken cancellationToken)
    {
        var named = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        await System.Threading.Tasks.Parallel.ForEachAsync(manifests, Options(cancellationToken), async (key, stop) =>
        {
            foreach (var entry in (await StoredManifest.ReadAsync(storage, key, stop)).References.Objects)
                named[entry.Key] = true;
        });
        return named;
    }

    // A record that can't be read speaks for caution.
    private async Task<bool> IsInUseAsync(Owner owner, CancellationToken cancellationToken)
    {
        if (await storage.TryGetAsync(owner.StateKey, cancellationToken) is not { } bytes)
            return false;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.GetProperty("resource").GetProperty("state").GetString() switch
            {
                "STATE_SUCCEEDED" => false,
                "STATE_FAILED" or "STATE_CANCELLED" => owner.Kind.IsResumable,
                _ => true,
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>The artifact that an object belongs to.</summary>
    private sealed record Owner(ArtifactKind Kind, string Id)
    {
        public string Prefix => $"{Kind.Prefix}/{Id}/";

        public string ManifestKey => Kind.ManifestKey(Id);

        public string StateKey => Prefix + ArtifactKind.State;

        /// <summary>Whether the object is the artifact's manifest or the record of its work.</summary>
        public bool IsDocument(string key) => key == ManifestKey || key == StateKey;

        public static Owner? Of(string key) =>
            key.Split('/', 3) is [var prefix, { Length: > 0 } id, { Length: > 0 }]
            && ArtifactKind.All.FirstOrDefault(kind => kind.Prefix == prefix) is { } kind
                ? new Owner(kind, id)
                : null;
    }
}
