using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>The URL of one replica's endpoint as a value.</summary>
internal sealed class ReplicaUrl(EndpointReference endpoint, int replica) : IValueProvider
{
    public EndpointReference Endpoint { get; } = endpoint;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Endpoint.Annotation.UrlOf(replica));
}
