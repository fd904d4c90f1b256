using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint of a resource, used as a value: its URL.</summary>
public sealed class EndpointReference : IValueProvider, IManifestExpressionProvider
{
    /// <summary>The address everything listens on.</summary>
    internal const string LoopbackHost = "127.0.0.1";

    /// <summary>Refers to an endpoint, which may be declared later.</summary>
    /// <param name="owner">Resource that has it.</param>
    /// <param name="endpointName">Its name.</param>
    public EndpointReference(IResourceWithEndpoints owner, string endpointName)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentException.ThrowIfNullOrWhiteSpace(endpointName);
        Resource = owner;
        EndpointName = endpointName;
    }

    /// <summary>Resource that has the endpoint.</summary>
    public IResourceWithEndpoints Resource { get; }

    /// <summary>Name of the endpoint.</summary>
    public string EndpointName { get; }

    /// <summary>Whether the resource declares the endpoint.</summary>
    public bool Exists => Find() is not null;

    /// <summary>Whether its port is known yet.</summary>
    public bool IsAllocated => Find()?.AllocatedPort is not null;

    /// <summary>Host name or address of its URL.</summary>
    /// <exception cref="DistributedApplicationException">The endpoint does not exist, or the application has not started.</exception>
    public string Host => IsAllocated ? LoopbackHost : throw NotAllocated();

    /// <summary>Scheme of its URL.</summary>
    /// <exception cref="DistributedApplicationException">The resource declares no such endpoint.</exception>
    public string Scheme => Annotation.UriScheme;

    /// <summary>Its port.</summary>
    /// <exception cref="DistributedApplicationException">The endpoint does not exist, or the application has not started.</exception>
    public int Port => Annotation.AllocatedPort ?? throw NotAllocated();

    /// <summary>Its URL, for example <c>http://127.0.0.1:5001</c>.</summary>
    /// <exception cref="DistributedApplicationException">The endpoint does not exist, or the application has not started.</exception>
    public string Url => IsAllocated ? Annotation.UrlOf(0) : throw NotAllocated();

    /// <inheritdoc/>
    public string ValueExpression => $"{{{Resource.Name}.bindings.{EndpointName}.url}}";

    internal EndpointAnnotation Annotation => Find() ?? throw new DistributedApplicationException(
        $"Resource '{Resource.Name}' has no endpoint '{EndpointName}'. It has: {Declared()}. Declare it with WithHttpEndpoint(name: \"{EndpointName}\") or WithEndpoint.");

    /// <summary>Refers to one part of the endpoint.</summary>
    /// <param name="property">Which part.</param>
    /// <returns>A value for <see cref="ReferenceExpression.Create"/>.</returns>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Url);

    private DistributedApplicationException NotAllocated() =>
        new($"Endpoint '{Annotation.Name}' of resource '{Resource.Name}' has no port yet: ports are given out when the application starts.");

    private EndpointAnnotation? Find() => Resource.Annotations.OfType<EndpointAnnotation>()
        .FirstOrDefault(endpoint => string.Equals(endpoint.Name, EndpointName, StringComparison.OrdinalIgnoreCase));

    private string Declared()
    {
        var names = string.Join(", ", Resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => $"'{endpoint.Name}'"));
        return names.Length == 0 ? "none" : names;
    }
}

/// <summary>Parts of an endpoint.</summary>
public enum EndpointProperty
{
    /// <summary>The whole URL.</summary>
    Url,

    /// <summary>Host name or address.</summary>
    Host,

    /// <summary>Host as an IPv4 address.</summary>
    IPV4Host,

    /// <summary>Port that clients use.</summary>
    Port,

    /// <summary>Scheme of the URL.</summary>
    Scheme,

    /// <summary>Port the process listens on.</summary>
    TargetPort,

    /// <summary><c>host:port</c>.</summary>
    HostAndPort,
}

/// <summary>One part of an endpoint, used as a value.</summary>
/// <param name="endpointReference">The endpoint.</param>
/// <param name="property">The part.</param>
public sealed class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property)
    : IValueProvider, IManifestExpressionProvider
{
    /// <summary>The endpoint.</summary>
    public EndpointReference Endpoint { get; } = endpointReference;

    /// <summary>The part.</summary>
    public EndpointProperty Property { get; } = property;

    /// <inheritdoc/>
    public string ValueExpression => $"{{{Endpoint.Resource.Name}.bindings.{Endpoint.EndpointName}.{Property.ToString().ToLowerInvariant()}}}";

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Property switch
    {
        EndpointProperty.Url => Endpoint.Url,
        EndpointProperty.Host or EndpointProperty.IPV4Host => Endpoint.Host,
        EndpointProperty.Port => Endpoint.Port.ToString(CultureInfo.InvariantCulture),
        EndpointProperty.TargetPort => (Endpoint.Resource is ContainerResource ? Endpoint.Annotation.TargetPort ?? Endpoint.Port : Endpoint.Port).ToString(CultureInfo.InvariantCulture),
        EndpointProperty.Scheme => Endpoint.Scheme,
        EndpointProperty.HostAndPort => string.Create(CultureInfo.InvariantCulture, $"{Endpoint.Host}:{Endpoint.Port}"),
        _ => throw new DistributedApplicationException($"An endpoint has no property '{Property}'."),
    });
}
