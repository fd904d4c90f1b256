using System.Text.Json;

namespace Maskwright.Artifacts;

/// <summary>What all manifests share, whatever they describe: they are JSON objects with a number <c>version</c>.</summary>
internal static class ManifestDocument
{
    /// <summary>The version of a manifest.</summary>
    /// <exception cref="ArtifactException">The bytes are not a manifest.</exception>
    internal static int CheckVersion(string key, ReadOnlyMemory<byte> json) =>
        VersionOf(key, json) ?? throw new ArtifactException(key, "it is JSON, but not a manifest: it has no number 'version'.");

    /// <summary>The version, or null where the JSON has none.</summary>
    /// <exception cref="ArtifactException">The bytes are not JSON.</exception>
    internal static int? VersionOf(string key, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("version", out var version)
                && version.ValueKind == JsonValueKind.Number
                && version.TryGetInt32(out var number)
                    ? number
                    : null;
        }
        catch (JsonException error)
        {
            throw new ArtifactException(key, $"it is not JSON: {error.Message}", error);
        }
    }
}
