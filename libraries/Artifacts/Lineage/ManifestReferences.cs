using System.Text.Json;

namespace Maskwright.Artifacts;

/// <summary>
/// What a manifest of any kind and version names. By convention an object <c>{"key", "size", "sha256"}</c> anywhere in it names
/// an object of the bucket, and <c>{"manifest", "sha256"}</c> the manifest of something it was made of.
/// </summary>
/// <param name="Objects">The objects, in the order of the document.</param>
/// <param name="Inputs">The manifests of its inputs, in the order of the document.</param>
public sealed record ManifestReferences(IReadOnlyList<ArtifactEntry> Objects, IReadOnlyList<LineageLink> Inputs)
{
    private const int DigestLength = 64;

    /// <summary>Reads them out of a manifest's bytes.</summary>
    /// <param name="key">The manifest's key, for messages.</param>
    /// <param name="json">The manifest.</param>
    /// <exception cref="ArtifactException">It is not a manifest, or names something in a way that cannot be right.</exception>
    public static ManifestReferences Read(string key, ReadOnlyMemory<byte> json)
    {
        ManifestDocument.CheckVersion(key, json);
        var references = new ManifestReferences(new List<ArtifactEntry>(), new List<LineageLink>());
        using var document = JsonDocument.Parse(json);
        references.Collect(key, document.RootElement);
        return references;
    }

    private void Collect(string key, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Collect(key, item);
                break;
            case JsonValueKind.Object:
                Take(key, element);
                foreach (var property in element.EnumerateObject())
                    Collect(key, property.Value);
                break;
        }
    }

    private void Take(string key, JsonElement element)
    {
        if (Text(element, "sha256") is not { } digest)
            return;
        if (Text(element, "key") is { } named && element.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number)
        {
            if (!size.TryGetInt64(out var bytes) || bytes < 0)
                throw new ArtifactException(key, $"it says that {named} has {size.GetRawText()} bytes, which cannot be.");
            Check(key, named, digest);
            ((List<ArtifactEntry>)Objects).Add(new ArtifactEntry(named, bytes, digest));
        }
        else if (Text(element, "manifest") is { } input)
        {
            Check(key, input, digest);
            ((List<LineageLink>)Inputs).Add(new LineageLink(input, digest));
        }
    }

    private static void Check(string key, string named, string digest)
    {
        try
        {
            ObjectKey.Check(named);
        }
        catch (ArgumentException error)
        {
            throw new ArtifactException(key, $"it names an object that cannot be: {error.Message}", error);
        }

        if (digest.Length != DigestLength || !digest.All(char.IsAsciiHexDigit))
            throw new ArtifactException(key, $"it names {named} with '{digest}', which is not a SHA-256 of {DigestLength} hex digits.");
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
