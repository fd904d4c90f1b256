using System.Text.Encodings.Web;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>
/// Tells other programs of the same user where a running application listens and with what its storage is reached:
/// <c>{"trainer": {"grpc": "http://127.0.0.1:5001", "http": "…"}, "artifacts": {"connectionString": "…"}}</c>. Connection
/// strings hold keys: the file is for its owner's eyes only. Only one application may hold the file's folder: a lock
/// beside it, which the system lets go when the process ends, keeps a second one out.
/// </summary>
internal sealed class EndpointsFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _hold;

    private EndpointsFile(string path, FileStream hold)
    {
        _path = path;
        _hold = hold;
    }

    /// <exception cref="DistributedApplicationException">The folder is in use or cannot be written.</exception>
    public static EndpointsFile Claim(string path)
    {
        path = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(path)!;
        try
        {
            Directory.CreateDirectory(folder);
            var hold = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.Delete(path);
            return new EndpointsFile(path, hold);
        }
        catch (IOException failure) when (Directory.Exists(folder))
        {
            throw new DistributedApplicationException(
                $"Another AppHost is running on the data directory {folder}. Stop it, or start this one on a data directory of its own. ({failure.Message})", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException(
                $"The data directory {folder} cannot be written: {failure.Message} Choose another one, or make it writable.", failure);
        }
    }

    /// <summary>Writes the endpoints of what listens and the connection strings.</summary>
    public async Task WriteAsync(IEnumerable<IResource> resources)
    {
        using var json = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (var resource in resources)
            {
                if (await AddressesAsync(resource) is not { Count: > 0 } addresses)
                    continue;
                writer.WriteStartObject(resource.Name);
                foreach (var (name, value) in addresses)
                    writer.WriteString(name, value);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        PrivateFile.Write(_path, json.ToArray());
    }

    private static async Task<List<(string Name, string Value)>> AddressesAsync(IResource resource)
    {
        List<(string, string)> addresses = [.. (resource as IResourceWithEndpoints)?.Annotations.OfType<EndpointAnnotation>()
            .Where(endpoint => endpoint.AllocatedPort is not null)
            .Select(endpoint => (endpoint.Name, new EndpointReference((IResourceWithEndpoints)resource, endpoint.Name).Url)) ?? []];
        if (resource is IResourceWithConnectionString connection && await connection.GetValueAsync() is { Length: > 0 } value)
            addresses.Add(("connectionString", value));
        return addresses;
    }

    public void Dispose()
    {
        File.Delete(_path);
        _hold.Dispose();
    }
}
