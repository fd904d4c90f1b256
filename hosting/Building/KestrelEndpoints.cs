using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Endpoints that a project's own settings declare, in <c>Kestrel:Endpoints</c>.</summary>
internal static class KestrelEndpoints
{
    /// <summary>
    /// Reads appsettings.json and appsettings.{environment}.json of a project. An endpoint goes by its name in the settings;
    /// the only one of its scheme goes by the scheme. Its port is taken when it is free and replaced when it is not, so that two
    /// applications can run side by side; port 0 stands for any. HTTP/2 comes from <c>Protocols</c>.
    /// </summary>
    /// <exception cref="DistributedApplicationException">An address is not a URL.</exception>
    public static IReadOnlyList<EndpointAnnotation> Read(string resource, string projectPath, string environmentName)
    {
        var folder = Path.GetDirectoryName(projectPath)!;
        if (!Directory.Exists(folder))
            return [];
        var settings = new ConfigurationBuilder()
            .SetBasePath(folder)
            .AddJsonFile("appsettings.json", optional: true)
            .AddJsonFile($"appsettings.{environmentName}.json", optional: true)
            .Build();
        var defaultProtocols = settings["Kestrel:EndpointDefaults:Protocols"];
        var endpoints = settings.GetSection("Kestrel:Endpoints").GetChildren()
            .Where(section => section["Url"] is not null)
            .Select(section => (Name: section.Key, Url: Parse(resource, section["Url"]!, folder), Protocols: section["Protocols"] ?? defaultProtocols))
            .ToArray();
        return
        [
            .. endpoints.Select(endpoint => new EndpointAnnotation(
                ProtocolType.Tcp,
                endpoint.Url.Scheme,
                endpoint.Protocols == "Http2" ? "http2" : null,
                endpoints.Count(other => other.Url.Scheme == endpoint.Url.Scheme) == 1 ? endpoint.Url.Scheme : endpoint.Name)
            {
                KestrelName = endpoint.Name,
                PreferredPort = endpoint.Url.Port == 0 ? null : endpoint.Url.Port,
            }),
        ];
    }

    private static Uri Parse(string resource, string url, string folder)
    {
        // Kestrel's "any address" is no host name.
        var plain = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        return Uri.TryCreate(plain, UriKind.Absolute, out var uri)
            ? uri
            : throw new DistributedApplicationException($"Resource '{resource}': '{url}' in Kestrel:Endpoints of {folder}/appsettings.json is not a URL such as http://127.0.0.1:0.");
    }
}
