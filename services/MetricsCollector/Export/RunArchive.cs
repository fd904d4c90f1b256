using Maskwright.Artifacts;
using Maskwright.Metrics.V1;

namespace Maskwright.MetricsCollector;

/// <summary>Runs on their way out to object storage and in again.</summary>
public sealed class RunArchive(MetricsStore store, ObjectStorage storage)
{
    /// <summary>Bytes of a zip at most.</summary>
    internal const long MaxImportBytes = 4096L * 1024 * 1024;

    private const string ExportsPrefix = "exports/";
    private static readonly TimeSpan UrlLifetime = TimeSpan.FromHours(1);

    /// <summary>Writes a run into storage, under a key that its content decides.</summary>
    /// <exception cref="StorageException">Storage does not take it.</exception>
    internal async Task<ExportRunResponse> ExportAsync(StoredRun run, RunFormat format, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite))
                await format.WriteAsync(new RunSource(run, store, storage), file, cancellationToken);
            var digest = await Digest.OfFileAsync(path, cancellationToken);
            var name = format.FileName(run);
            await storage.EnsureBucketAsync(cancellationToken);
            var entry = await storage.PutFileAsync($"{ExportsPrefix}{run.Registration.Id}/{digest[..16]}/{name}", path, format.ContentType, cancellationToken);
            return new ExportRunResponse
            {
                ObjectKey = entry.Key,
                FileName = name,
                Url = storage.PresignGet(entry.Key, UrlLifetime).AbsoluteUri,
                Size = entry.Size,
                Sha256 = entry.Sha256,
            };
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A place for a zip that somebody is about to upload.</summary>
    internal async Task<PrepareImportResponse> PrepareAsync(CancellationToken cancellationToken)
    {
        await storage.EnsureBucketAsync(cancellationToken);
        var key = $"imports/{Guid.NewGuid():n}.zip";
        return new PrepareImportResponse { ObjectKey = key, UploadUrl = storage.PresignPut(key, UrlLifetime).AbsoluteUri };
    }

    /// <summary>Takes a zip in, and deletes it from <c>imports/</c>.</summary>
    /// <exception cref="InvalidDataException">It is no export of a run.</exception>
    /// <exception cref="MetricsConflictException">There is a run of that id.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    internal async Task<StoredRun> ImportAsync(string key, string id, CancellationToken cancellationToken)
    {
        var found = await storage.StatAsync(key, cancellationToken)
            ?? throw new StorageException(StorageFailure.NotFound, $"There is no object '{key}'. Upload the zip to the address that PrepareImport gives.");
        if (found.Size > MaxImportBytes)
            throw new InvalidDataException($"It has {found.Size} bytes; at most {MaxImportBytes} are taken in.");
        await using var file = TemporaryFile();
        await storage.DownloadAsync(key, file, cancellationToken);
        var run = await ImportAsync(file, id, cancellationToken);
        if (key.StartsWith("imports/", StringComparison.Ordinal))
            await storage.DeleteAsync(key, cancellationToken);
        return run;
    }

    /// <summary>Takes a zip in.</summary>
    /// <param name="file">The whole of it.</param>
    /// <param name="id">Id to give the run; empty for the one it had.</param>
    /// <param name="cancellationToken">Gives up; nothing of the run is there then.</param>
    /// <exception cref="InvalidDataException">It is no export of a run.</exception>
    /// <exception cref="MetricsConflictException">There is a run of that id.</exception>
    /// <exception cref="StorageException">Its pictures cannot be stored.</exception>
    internal async Task<StoredRun> ImportAsync(FileStream file, string id, CancellationToken cancellationToken)
    {
        file.Position = 0;
        await using var import = await RunImport.OpenAsync(file, cancellationToken);
        // Pictures get keys of their own, so that a zip decides over no key.
        var prefix = $"{ImportedPrefix(ImportedRun.Of(import.Run, id).Registration.Id)}{Guid.NewGuid():n}/";
        await storage.EnsureBucketAsync(cancellationToken);
        try
        {
            var keys = new Dictionary<string, string>(StringComparer.Ordinal);
            await foreach (var (key, bytes, type) in import.PicturesAsync(cancellationToken))
            {
                keys[key] = $"{prefix}{keys.Count:000000}";
                await storage.PutAsync(keys[key], bytes, type, cancellationToken);
            }

            import.NewKeys = keys;
            return await store.ImportAsync(import, id, cancellationToken);
        }
        catch
        {
            await storage.DeletePrefixAsync(prefix, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Deletes what storage holds for a run alone: its exports, and the pictures that came with its import.</summary>
    /// <exception cref="StorageException">Storage fails; it can be tried again.</exception>
    internal async Task ForgetAsync(string id, CancellationToken cancellationToken)
    {
        await storage.DeletePrefixAsync($"{ExportsPrefix}{id}/", cancellationToken);
        await storage.DeletePrefixAsync(ImportedPrefix(id), cancellationToken);
    }

    /// <summary>A file for a zip that is taken in; gone when it is closed.</summary>
    internal static FileStream TemporaryFile() => new(
        Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None,
        bufferSize: 128 * 1024, FileOptions.DeleteOnClose);

    private static string ImportedPrefix(string id) => $"imported/{id}/";
}
