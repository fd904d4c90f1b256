using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Maskwright.Artifacts;

/// <summary>
/// Manifests: the small JSON documents that make artifacts exist. A manifest is written last and once; what no manifest
/// names does not exist.
/// </summary>
/// <param name="storage">Where they are kept.</param>
public sealed class ManifestStore(ObjectStorage storage)
{
    /// <summary>The largest manifest, in bytes (4 MiB).</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const string ContentType = "application/json";

    /// <summary>Writes a manifest, in canonical form, unless there is one of this key.</summary>
    /// <typeparam name="T">The manifest's type.</typeparam>
    /// <param name="key">The manifest's key.</param>
    /// <param name="manifest">The manifest. Its JSON must have a number <c>version</c>.</param>
    /// <param name="type">Its source-generated serialisation.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The digest of the manifest's bytes. Committing the very same manifest again is no error.</returns>
    /// <exception cref="StorageException"><see cref="StorageFailure.PreconditionFailed"/> when another manifest has this key: someone was first.</exception>
    public async Task<string> CommitAsync<T>(string key, T manifest, JsonTypeInfo<T> type, CancellationToken cancellationToken = default)
    {
        var bytes = CanonicalJson.Serialize(manifest, type);
        if (bytes.Length > MaxBytes)
            throw new ArtifactException(key, $"the manifest has {bytes.Length} bytes, at most {MaxBytes} are allowed. Put long lists into objects of their own and name those.");
        if (ManifestDocument.VersionOf(key, bytes) is null)
            throw new ArgumentException($"The manifest '{key}' has no number 'version', without which no reader could know its form.", nameof(manifest));

        if (!await PutOnceAsync(key, bytes, cancellationToken))
        {
            throw new StorageException(StorageFailure.PreconditionFailed,
                $"There is another manifest at {storage.Options.Bucket}/{key} already: someone was first. Choose another id, or delete that one before.");
        }

        return Digest.OfBytes(bytes);
    }

    /// <summary>Reads a manifest.</summary>
    /// <typeparam name="T">The manifest's type.</typeparam>
    /// <param name="key">The manifest's key.</param>
    /// <param name="type">Its source-generated serialisation.</param>
    /// <param name="version">The newest version the caller understands; versions count from 1.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArtifactException">It is not a manifest of this type, or newer than the caller.</exception>
    /// <exception cref="StorageException"><see cref="StorageFailure.NotFound"/> when there is none.</exception>
    public async Task<T> ReadAsync<T>(string key, JsonTypeInfo<T> type, int version, CancellationToken cancellationToken = default)
        where T : class =>
        Read(key, await storage.GetAsync(key, MaxBytes, cancellationToken), type, version);

    /// <summary>Reads a manifest, or gives null when there is none.</summary>
    /// <inheritdoc cref="ReadAsync{T}"/>
    public async Task<T?> TryReadAsync<T>(string key, JsonTypeInfo<T> type, int version, CancellationToken cancellationToken = default)
        where T : class =>
        await storage.TryGetAsync(key, MaxBytes, cancellationToken) is { } bytes ? Read(key, bytes, type, version) : null;

    /// <summary>The link by which another manifest names this one as its input.</summary>
    /// <param name="key">The manifest's key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="StorageException"><see cref="StorageFailure.NotFound"/> when there is none.</exception>
    public async Task<LineageLink> LinkAsync(string key, CancellationToken cancellationToken = default) =>
        new(key, Digest.OfBytes(await storage.GetAsync(key, MaxBytes, cancellationToken)));

    private async Task<bool> PutOnceAsync(string key, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            if (await storage.PutIfAbsentAsync(key, bytes, ContentType, cancellationToken))
                return true;
        }
        catch (StorageException error) when (error.Kind == StorageFailure.Unreachable)
        {
            // The answer was lost, perhaps after the manifest was written. Should storage be down, this fails too.
            if (await storage.TryGetAsync(key, MaxBytes, cancellationToken) is not { } written)
                throw;
            return written.AsSpan().SequenceEqual(bytes);
        }

        return await storage.TryGetAsync(key, MaxBytes, cancellationToken) is { } first && first.AsSpan().SequenceEqual(bytes);
    }

    private static T Read<T>(string key, byte[] bytes, JsonTypeInfo<T> type, int version)
        where T : class
    {
        var found = ManifestDocument.CheckVersion(key, bytes);
        if (found < 1 || found > version)
            throw new ArtifactException(key, $"the manifest has version {found}, this program reads versions 1 to {version}. Use the program version that wrote it, or a newer one.");
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new ArtifactException(key, "the manifest is null.");
        }
        catch (JsonException error)
        {
            throw new ArtifactException(key, $"the manifest is not a {typeof(T).Name}: {error.Message}", error);
        }
    }
}
