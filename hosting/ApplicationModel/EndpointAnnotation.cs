using System.Globalization;
using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A network endpoint that a resource listens on.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    /// <summary>Describes an endpoint.</summary>
    /// <param name="protocol">Transport protocol; only TCP is served.</param>
    /// <param name="uriScheme">Scheme of its URL; null stands for <c>tcp</c>.</param>
    /// <param name="transport">What is spoken over it, for example <c>http2</c>; null stands for <c>http</c> or the scheme.</param>
    /// <param name="name">Name, unique in the resource; null stands for the scheme.</param>
    /// <param name="port">Port that clients use, 1–65535; null for a free one.</param>
    /// <param name="targetPort">Port the process or container listens on, 1–65535; null for the same as <paramref name="port"/>.</param>
    /// <param name="isExternal">Whether it is meant to be reached from outside the application.</param>
    /// <param name="isProxied">Whether an engine that has a proxy puts one in front.</param>
    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool isProxied = true)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? "tcp";
        Transport = transport ?? (UriScheme is "http" or "https" ? "http" : UriScheme);
        Name = name ?? UriScheme;
        ResourceName.Check(Name, "endpoint");
        Port = Checked(port, nameof(port));
        TargetPort = Checked(targetPort, nameof(targetPort));
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
    }

    /// <summary>Name, unique in the resource.</summary>
    public string Name { get; }

    /// <summary>Transport protocol.</summary>
    public ProtocolType Protocol { get; }

    /// <summary>Scheme of its URL.</summary>
    public string UriScheme { get; }

    /// <summary>What is spoken over it, for example <c>http</c> or <c>http2</c>.</summary>
    public string Transport { get; set; }

    /// <summary>Port that clients use; null for a free one.</summary>
    public int? Port { get; }

    /// <summary>Port the process listens on; null for the same as <see cref="Port"/>.</summary>
    public int? TargetPort { get; }

    /// <summary>Whether it is meant to be reached from outside the application.</summary>
    public bool IsExternal { get; set; }

    /// <summary>Whether an engine that has a proxy puts one in front. This engine has none.</summary>
    public bool IsProxied { get; }

    /// <summary>Variable that tells the process which port to listen on, or null.</summary>
    internal string? TargetPortEnvironmentVariable { get; init; }

    /// <summary>Name in the project's own <c>Kestrel:Endpoints</c>, when it comes from there.</summary>
    internal string? KestrelName { get; init; }

    /// <summary>Port that is given when it happens to be free, or null.</summary>
    internal int? PreferredPort { get; init; }

    /// <summary>Ports in use in this run by replica, counted from 0; empty until the application starts.</summary>
    internal Dictionary<int, int> AllocatedPorts { get; } = [];

    /// <summary>Port of the first replica; null until the application starts.</summary>
    internal int? AllocatedPort => AllocatedPorts.TryGetValue(0, out var port) ? port : null;

    /// <summary>URL of one replica, whose port must be known.</summary>
    internal string UrlOf(int replica) =>
        string.Create(CultureInfo.InvariantCulture, $"{UriScheme}://{EndpointReference.LoopbackHost}:{AllocatedPorts[replica]}");

    /// <summary>What one replica's server listens on: the loopback address, or in a container of its own any.</summary>
    internal string ListenUrl(int replica, bool isPublishing) => isPublishing
        ? string.Create(CultureInfo.InvariantCulture, $"{UriScheme}://*:{AllocatedPorts[replica]}")
        : UrlOf(replica);

    private static int? Checked(int? port, string parameter)
    {
        if (port is < 1 or > 65535)
            throw new ArgumentOutOfRangeException(parameter, port, "A port is a number from 1 to 65535.");
        return port;
    }
}
