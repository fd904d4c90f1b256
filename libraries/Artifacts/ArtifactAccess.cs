namespace Maskwright.Artifacts;

/// <summary>Writing objects that a manifest will name, and reading them back with their digests checked.</summary>
public static class ArtifactAccess
{
    /// <summary>Writes an object and gives the entry a manifest names it by.</summary>
    /// <param name="storage">Where to.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="body">Its bytes.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<ArtifactEntry> PutArtifactAsync(this ObjectStorage storage, string key, ReadOnlyMemory<byte> body, string contentType, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        await storage.PutAsync(key, body, contentType, cancellationToken);
        return new ArtifactEntry(key, body.Length, Digest.OfBytes(body.Span));
    }

    /// <summary>Writes a file as an object and gives the entry a manifest names it by.</summary>
    /// <param name="storage">Where to.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="path">The file; it must not change meanwhile.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<ArtifactEntry> PutArtifactFileAsync(this ObjectStorage storage, string key, string path, string contentType, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var entry = new ArtifactEntry(key, new FileInfo(path).Length, await Digest.OfFileAsync(path, cancellationToken));
        await storage.PutFileAsync(key, path, contentType, cancellationToken);
        return entry;
    }

    /// <summary>Reads an object that a manifest names, and refuses it when its size or digest differ.</summary>
    /// <param name="storage">Where from.</param>
    /// <param name="entry">The object.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArtifactException">The object is not the one the manifest names.</exception>
    public static async Task<byte[]> GetArtifactAsync(this ObjectStorage storage, ArtifactEntry entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(entry);
        var bytes = await storage.GetAsync(entry.Key, cancellationToken);
        entry.Verify(bytes);
        return bytes;
    }

    /// <summary>Copies an object that a manifest names into a file, and leaves no file behind when its size or digest differ.</summary>
    /// <param name="storage">Where from.</param>
    /// <param name="entry">The object.</param>
    /// <param name="path">The file to write; replaced in one step once everything is there and right.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArtifactException">The object is not the one the manifest names.</exception>
    public static async Task DownloadArtifactAsync(this ObjectStorage storage, ArtifactEntry entry, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(entry);
        var partial = $"{path}.{Guid.NewGuid():n}.partial";
        try
        {
            await using (var file = new FileStream(partial, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous }))
            {
                await storage.DownloadAsync(entry.Key, file, cancellationToken);
                entry.VerifySize(file.Length);
                file.Position = 0;
                entry.VerifyDigest(await Digest.OfStreamAsync(file, cancellationToken));
            }

            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
