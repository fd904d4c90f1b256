using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maskwright.Cli;

/// <summary>
/// The file <c>endpoints.json</c> in the data folder, by which a running AppHost tells its user's programs where its services
/// listen and how its storage is reached.
/// </summary>
internal static partial class EndpointsFile
{
    /// <summary>Where the file is.</summary>
    public static string PathOf(Terminal terminal)
    {
        var folder = terminal.Environment("MASKWRIGHT_DATA") is { Length: > 0 } data
            ? terminal.AbsolutePath(data)
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                "maskwright");
        return Path.Combine(folder, "endpoints.json");
    }

    /// <summary>One address of a resource, or null where there is no file or nothing of it in the file.</summary>
    /// <exception cref="ServiceUnreachableException">The file can't be read.</exception>
    public static string? Find(string path, string resource, string address)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), Json.Default.DictionaryStringDictionaryStringString) is { } resources
                && resources.TryGetValue(resource, out var addresses)
                    ? addresses.GetValueOrDefault(address)
                    : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ServiceUnreachableException(
                $"'{path}' cannot be read: {error.Message} Start the services again with 'dotnet run --project AppHost', or use --endpoint.");
        }
    }

    [JsonSerializable(typeof(Dictionary<string, Dictionary<string, string>>))]
    private sealed partial class Json : JsonSerializerContext;
}
