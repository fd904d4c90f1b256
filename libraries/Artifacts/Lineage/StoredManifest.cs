namespace Maskwright.Artifacts;

/// <summary>A manifest as it lies in storage, of whatever kind and version.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="References">What it names.</param>
public sealed record StoredManifest(string Key, ReadOnlyMemory<byte> Content, ManifestReferences References)
{
    /// <summary>Reads a manifest.</summary>
    /// <param name="storage">Where from.</param>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArtifactException">It is not a manifest.</exception>
    /// <exception cref="StorageException"><see cref="StorageFailure.NotFound"/> when there is none.</exception>
    public static async Task<StoredManifest> ReadAsync(ObjectStorage storage, string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var bytes = await storage.GetAsync(key, ManifestStore.MaxBytes, cancellationToken);
        return new StoredManifest(key, bytes, ManifestReferences.Read(key, bytes));
    }
}
