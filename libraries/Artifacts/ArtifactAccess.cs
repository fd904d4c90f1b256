namespace Maskwright.Artifacts;

/// <summary>Reading objects that a manifest names, with their sizes and digests checked.</summary>
public static class ArtifactAccess
{
    private const int CopyBytes = 256 * 1024;

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

    /// <summary>Opens an object that a manifest names, to be read from start to end and checked on the way.</summary>
    /// <param name="storage">Where from.</param>
    /// <param name="entry">The object.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="ArtifactException">The object's size is not the manifest's.</exception>
    public static async Task<VerifiedStream> OpenArtifactAsync(this ObjectStorage storage, ArtifactEntry entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(entry);
        var stream = await storage.OpenReadAsync(entry.Key, cancellationToken);
        try
        {
            entry.VerifySize(stream.Length);
            return new VerifiedStream(stream, entry);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
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
            // Opened first: the size is then known to be true before room is made for it.
            await using (var content = await storage.OpenArtifactAsync(entry, cancellationToken))
            {
                await using var file = new FileStream(partial, new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    Options = FileOptions.Asynchronous,
                    BufferSize = 0, // writes are large
                    PreallocationSize = entry.Size,
                });
                await content.CopyToAsync(file, CopyBytes, cancellationToken);
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
