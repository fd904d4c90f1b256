namespace Maskwright.Artifacts;

/// <summary>What was copied out.</summary>
/// <param name="Manifests">Manifests that were copied.</param>
/// <param name="Written">Objects that were written.</param>
/// <param name="Kept">Objects that lay in the folder already, with the right content.</param>
/// <param name="Bytes">Bytes of all of them.</param>
public sealed record ExportReport(IReadOnlyList<string> Manifests, int Written, int Kept, long Bytes);

/// <summary>
/// Copies artifacts out of storage into a folder, each object at its key. Every byte is checked; a manifest is written when all
/// that it names is there. An export that was interrupted goes on where it stopped.
/// </summary>
public static class ArtifactExport
{
    /// <summary>Copies artifacts out.</summary>
    /// <param name="storage">Where they are.</param>
    /// <param name="manifests">Their manifests.</param>
    /// <param name="folder">Where they go; made when it is missing.</param>
    /// <param name="progress">Told of each object, or null.</param>
    /// <param name="cancellationToken">Ends the copying; what was copied by then stays.</param>
    /// <exception cref="ArtifactException">An object is not the one its manifest names.</exception>
    /// <exception cref="IOException">A file cannot be written, or another one is in its place.</exception>
    public static async Task<ExportReport> RunAsync(
        ObjectStorage storage,
        IReadOnlyList<StoredManifest> manifests,
        string folder,
        IProgress<ObjectProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifests);
        folder = Path.GetFullPath(folder);
        var entries = manifests.SelectMany(manifest => manifest.References.Objects).Distinct().ToList();
        var total = entries.Sum(entry => entry.Size);
        long bytes = 0;
        var (written, kept) = (0, 0);
        foreach (var entry in entries)
        {
            var path = PathOf(folder, entry.Key);
            if (await HasAsync(path, entry, cancellationToken))
            {
                kept++;
            }
            else
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await storage.DownloadArtifactAsync(entry, path, cancellationToken);
                written++;
            }

            bytes += entry.Size;
            progress?.Report(new ObjectProgress(written + kept, entries.Count, bytes, total));
        }

        foreach (var manifest in manifests)
        {
            var path = PathOf(folder, manifest.Key);
            if (!await HasAsync(path, new ArtifactEntry(manifest.Key, manifest.Content.Length, Digest.OfBytes(manifest.Content.Span)), cancellationToken))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                var partial = $"{path}.{Guid.NewGuid():n}.partial";
                await File.WriteAllBytesAsync(partial, manifest.Content, CancellationToken.None);
                File.Move(partial, path);
            }
        }

        return new ExportReport([.. manifests.Select(manifest => manifest.Key)], written, kept, total);
    }

    private static async Task<bool> HasAsync(string path, ArtifactEntry entry, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            return false;
        if (new FileInfo(path).Length == entry.Size && await Digest.OfFileAsync(path, cancellationToken) == entry.Sha256)
            return true;
        throw new IOException($"'{path}' is there already and is not {entry.Key}. Remove it, or choose another folder.");
    }

    // Keys come from manifests, which anyone may have written: none may lead out of the folder.
    private static string PathOf(string folder, string key)
    {
        var path = Path.GetFullPath(Path.Combine(folder, key.Replace('/', Path.DirectorySeparatorChar)));
        return path.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new ArtifactException(key, $"the key leads out of the folder {folder}.");
    }
}
