using System.Net.Sockets;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>What a profile in a project's <c>Properties/launchSettings.json</c> says.</summary>
internal sealed record LaunchProfile(
    IReadOnlyList<EndpointAnnotation> Endpoints, IReadOnlyDictionary<string, string> Environment, IReadOnlyList<string> Arguments)
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a profile.</summary>
    /// <param name="resource">Name of the resource, for errors.</param>
    /// <param name="projectPath">Path of the project.</param>
    /// <param name="profileName">Name of the profile; null for the first that runs the project itself.</param>
    /// <returns>The profile; null when none was asked for by name and there is none.</returns>
    /// <exception cref="DistributedApplicationException">There is no profile of that name, or the file is damaged.</exception>
    public static LaunchProfile? Read(string resource, string projectPath, string? profileName)
    {
        var path = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (!File.Exists(path))
            return profileName is null ? null : throw Missing(resource, profileName, path);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), Lenient);
            var profiles = document.RootElement.GetProperty("profiles").EnumerateObject();
            foreach (var profile in profiles)
            {
                if (profileName is null ? Text(profile.Value, "commandName") == "Project" : profile.Name == profileName)
                    return Parse(profile.Value);
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or UriFormatException)
        {
            throw new DistributedApplicationException($"Resource '{resource}': {path} cannot be read: {failure.Message} Correct it, or add the project with launchProfileName: null.", failure);
        }

        return profileName is null ? null : throw Missing(resource, profileName, path);
    }

    private static LaunchProfile Parse(JsonElement profile)
    {
        var urls = (Text(profile, "applicationUrl") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => new Uri(url)).ToArray();
        return new LaunchProfile(
            [
                .. urls.GroupBy(url => url.Scheme).SelectMany(scheme => scheme.Select((url, index) => new EndpointAnnotation(
                    ProtocolType.Tcp, url.Scheme, name: index == 0 ? url.Scheme : $"{url.Scheme}{index + 1}")
                {
                    PreferredPort = url.Port == 0 ? null : url.Port,
                })),
            ],
            profile.TryGetProperty("environmentVariables", out var variables)
                ? variables.EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.ToString(), StringComparer.Ordinal)
                : new Dictionary<string, string>(StringComparer.Ordinal),
            (Text(profile, "commandLineArgs") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string? Text(JsonElement profile, string name) => profile.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static DistributedApplicationException Missing(string resource, string profileName, string path) =>
        new($"Resource '{resource}': there is no launch profile '{profileName}' in {path}. Correct the name given to AddProject.");
}
