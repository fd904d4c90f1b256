using System.Text.Json;
using Maskwright.Artifacts;

namespace Maskwright.EndToEnd.Tests;

/// <summary>Looks into object storage with nothing but its protocol.</summary>
internal static class StoredObjects
{
    public static async Task<List<string>> KeysAsync(this ObjectStorage storage, string prefix, CancellationToken cancellationToken)
    {
        List<string> keys = [];
        await foreach (var entry in storage.ListAsync(prefix, cancellationToken))
            keys.Add(entry.Key);
        return keys;
    }

    public static async Task<JsonElement> JsonAsync(this ObjectStorage storage, string key, CancellationToken cancellationToken) =>
        JsonElement.Parse(await storage.GetAsync(key, cancellationToken));

    /// <summary>Everything in a manifest that names an object: key, size and digest, at whatever depth.</summary>
    public static IEnumerable<ArtifactEntry> Entries(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object when element.TryGetProperty("sha256", out var digest) && element.TryGetProperty("key", out var key) =>
            [new ArtifactEntry(key.GetString()!, element.GetProperty("size").GetInt64(), digest.GetString()!)],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Entries(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Entries),
        _ => [],
    };
}
