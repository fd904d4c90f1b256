using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting;

namespace Maskwright.Hosting;

/// <summary>Generated parameters, kept as flat JSON in a file that only its owner may read (the format of .NET's user secrets).</summary>
internal sealed class SecretStore(string? path)
{
    private readonly Lock _lock = new();

    /// <summary>Everything kept, for the application's settings.</summary>
    public IReadOnlyDictionary<string, string?> Read()
    {
        Dictionary<string, string?> flat = new(StringComparer.OrdinalIgnoreCase);
        Flatten(Load(), string.Empty, flat);
        return flat;
    }

    /// <summary>The kept value, or a new one, which is kept before it is returned.</summary>
    public string GetOrAdd(string key, Func<string> create)
    {
        if (path is null)
            throw new DistributedApplicationException($"'{key}' is to be kept, but the AppHost has no user secrets. Give the AppHost project a UserSecretsId, or set the value yourself.");
        lock (_lock)
        {
            var document = Load();
            if (document[key] is JsonValue kept)
                return kept.ToString();
            var value = create();
            document[key] = value;
            try
            {
                PrivateFile.Write(path, Encoding.UTF8.GetBytes(document.ToJsonString()));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new DistributedApplicationException(
                    $"'{key}' cannot be kept in {path}: {failure.Message} Make the folder writable, or set the value yourself (environment variable {key.Replace(":", "__").Replace('-', '_')}).",
                    failure);
            }

            return value;
        }
    }

    private JsonObject Load()
    {
        if (path is null || !File.Exists(path))
            return [];
        try
        {
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            return JsonNode.Parse(File.ReadAllText(path), documentOptions: options) as JsonObject
                ?? throw new JsonException("expected an object.");
        }
        catch (JsonException failure)
        {
            throw new DistributedApplicationException($"{path} is not a JSON object: {failure.Message} Correct the file, or delete it to have new secrets generated.", failure);
        }
    }

    private static void Flatten(JsonObject node, string prefix, Dictionary<string, string?> flat)
    {
        foreach (var (key, value) in node)
        {
            if (value is JsonObject section)
                Flatten(section, $"{prefix}{key}:", flat);
            else
                flat[prefix + key] = value?.ToString();
        }
    }
}
