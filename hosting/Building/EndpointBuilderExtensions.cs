using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Declares an HTTP endpoint.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="port">Port that clients use, 1–65535; null for a free one.</param>
    /// <param name="targetPort">Port the process or container listens on; for a process this engine has no proxy, so it must be null or the same as <paramref name="port"/> when both are given.</param>
    /// <param name="name">Name of the endpoint; null for <c>http</c>.</param>
    /// <param name="env">Variable that tells the process the port; null to tell it through <c>ASPNETCORE_URLS</c>.</param>
    /// <param name="isProxied">Whether an engine that has a proxy puts one in front.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool? isProxied = null)
        where T : IResourceWithEndpoints =>
        builder.WithEndpoint(port, targetPort, "http", name, env, isProxied);

    /// <summary>Declares an endpoint.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="port">Port that clients use, 1–65535; null for a free one.</param>
    /// <param name="targetPort">Port the process or container listens on; for a process this engine has no proxy, so it must be null or the same as <paramref name="port"/> when both are given.</param>
    /// <param name="scheme">Scheme of its URL; null for <c>tcp</c>.</param>
    /// <param name="name">Name of the endpoint; null for the scheme.</param>
    /// <param name="env">Variable that tells the process the port; null to tell it through <c>ASPNETCORE_URLS</c> (http and https only).</param>
    /// <param name="isProxied">Whether an engine that has a proxy puts one in front.</param>
    /// <param name="isExternal">Whether it is meant to be reached from outside the application.</param>
    /// <param name="protocol">Transport protocol; null or TCP.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="DistributedApplicationException">The endpoint exists already, or asks for what this engine cannot do.</exception>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder,
        int? port = null,
        int? targetPort = null,
        string? scheme = null,
        string? name = null,
        string? env = null,
        bool? isProxied = null,
        bool? isExternal = null,
        ProtocolType? protocol = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        var endpoint = new EndpointAnnotation(protocol ?? ProtocolType.Tcp, scheme, null, name, port, targetPort, isExternal, isProxied ?? true)
        {
            TargetPortEnvironmentVariable = env,
        };
        var resource = builder.Resource;
        if (resource.Annotations.OfType<EndpointAnnotation>().Any(other => string.Equals(other.Name, endpoint.Name, StringComparison.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"Resource '{resource.Name}' has an endpoint '{endpoint.Name}' already. Give this one another name.");
        if (endpoint.Protocol != ProtocolType.Tcp)
            throw new DistributedApplicationException($"Endpoint '{endpoint.Name}' of resource '{resource.Name}' asks for {endpoint.Protocol}; the embedded engine serves TCP only.");
        if (resource is not ContainerResource && port is not null && targetPort is not null && port != targetPort)
        {
            throw new DistributedApplicationException(
                $"Endpoint '{endpoint.Name}' of resource '{resource.Name}' asks for port {port} in front of port {targetPort}; the embedded engine has no proxy: give one of them, or both the same.");
        }

        builder.WithAnnotation(endpoint);
        if (env is not null)
        {
            builder.WithAnnotation(new EnvironmentCallbackAnnotation(context =>
                context.EnvironmentVariables[env] = context.Replica == 0
                    ? new EndpointReference(resource, endpoint.Name).Property(EndpointProperty.TargetPort)
                    : endpoint.AllocatedPorts[context.Replica]));
        }

        return builder;
    }

    /// <summary>Says that every http and https endpoint of the resource speaks HTTP/2.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> AsHttp2Service<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        foreach (var endpoint in HttpEndpoints(builder.Resource))
            endpoint.Transport = "http2";
        return builder.WithAnnotation(new Http2ServiceAnnotation());
    }

    /// <summary>Says that the http and https endpoints are meant to be reached from outside the application. This engine listens on the loopback address all the same.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        foreach (var endpoint in HttpEndpoints(builder.Resource))
            endpoint.IsExternal = true;
        return builder;
    }

    /// <summary>Refers to an endpoint, which may be declared later.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="name">Name of the endpoint.</param>
    /// <returns>The reference.</returns>
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        return new EndpointReference(builder.Resource, name);
    }

    /// <summary>Changes the address under which an endpoint is shown.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="endpointName">Name of the endpoint.</param>
    /// <param name="callback">Changes the address: another path, another text.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WithUrlForEndpoint<T>(this IResourceBuilder<T> builder, string endpointName, Action<ResourceUrlAnnotation> callback)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(endpointName);
        ArgumentNullException.ThrowIfNull(callback);
        return builder.WithAnnotation(new EndpointUrlAnnotation(endpointName, callback));
    }

    private static IEnumerable<EndpointAnnotation> HttpEndpoints(IResourceWithEndpoints resource) =>
        resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.UriScheme is "http" or "https");
}
