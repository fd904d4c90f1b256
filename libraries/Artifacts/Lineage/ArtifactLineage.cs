namespace Maskwright.Artifacts;

/// <summary>Artifacts with all that they were made of, as far as their manifests tell.</summary>
/// <param name="Manifests">Their manifests: each once, an artifact before its inputs.</param>
/// <param name="Failures">Manifests that are missing, damaged, or not the ones that a link names.</param>
public sealed record ArtifactLineage(IReadOnlyList<StoredManifest> Manifests, IReadOnlyList<ArtifactFailure> Failures)
{
    /// <summary>Follows the lineage of artifacts to its ends.</summary>
    /// <param name="storage">Where they are.</param>
    /// <param name="manifests">The keys of their manifests.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="StorageException">Storage fails otherwise than by not having a manifest.</exception>
    public static async Task<ArtifactLineage> ReadAsync(ObjectStorage storage, IEnumerable<string> manifests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(manifests);
        var found = new Dictionary<string, StoredManifest>(StringComparer.Ordinal);
        var missing = new HashSet<string>(StringComparer.Ordinal);
        var order = new List<StoredManifest>();
        var failures = new List<ArtifactFailure>();
        var open = new Queue<(string Key, string? Sha256, string? NamedBy)>(manifests.Select(key => (key, (string?)null, (string?)null)));
        while (open.TryDequeue(out var next))
        {
            if (missing.Contains(next.Key))
                continue;
            if (!found.TryGetValue(next.Key, out var manifest))
            {
                try
                {
                    manifest = await StoredManifest.ReadAsync(storage, next.Key, cancellationToken);
                }
                catch (Exception error) when (ArtifactFailure.Of(next.Key, next.NamedBy, error) is { } failure)
                {
                    missing.Add(next.Key);
                    failures.Add(failure);
                    continue;
                }

                found.Add(next.Key, manifest);
                order.Add(manifest);
                foreach (var input in manifest.References.Inputs)
                    open.Enqueue((input.Manifest, input.Sha256, next.Key));
            }

            var digest = Digest.OfBytes(manifest.Content.Span);
            if (next.Sha256 is { } expected && !string.Equals(expected, digest, StringComparison.OrdinalIgnoreCase))
                failures.Add(new ArtifactFailure(next.Key, next.NamedBy, $"the manifest's SHA-256 is {digest}, its use in {next.NamedBy} says {expected}: it is not the one that was used."));
        }

        return new ArtifactLineage(order, failures);
    }
}
