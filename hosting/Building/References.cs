using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Finds the resources that a value refers to.</summary>
internal static class References
{
    public static IEnumerable<IResource> In(object value) => value switch
    {
        EndpointReference endpoint => [endpoint.Resource],
        EndpointReferenceExpression part => [part.Endpoint.Resource],
        ReplicaUrl replica => [replica.Endpoint.Resource],
        ConnectionStringReference reference => [reference.Source],
        ExternalServiceReference reference => [reference.Service],
        ReferenceExpression expression => expression.ValueProviders.SelectMany(In),
        IResource resource => [resource],
        _ => [],
    };
}
