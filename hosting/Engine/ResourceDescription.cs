using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>What a resource's snapshots say of it independently of its life.</summary>
internal static class ResourceDescription
{
    public static ResourceSnapshot First(IResource resource, string name, ResourceState state, DateTimeOffset now) => new()
    {
        Name = name,
        ResourceName = resource.Name,
        Type = TypeOf(resource),
        Source = SourceOf(resource),
        State = state,
        CreatedAt = now,
        References = ReferencesOf(resource),
    };

    /// <summary>Addresses of a replica; its ports must be known.</summary>
    public static IReadOnlyList<ResourceUrl> UrlsOf(IResource resource, int replica)
    {
        List<ResourceUrl> urls = [];
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.AllocatedPorts.ContainsKey(replica)))
        {
            var address = endpoint.UrlOf(replica);
            var url = new ResourceUrlAnnotation { Url = address, Endpoint = new EndpointReference((IResourceWithEndpoints)resource, endpoint.Name) };
            foreach (var change in resource.Annotations.OfType<EndpointUrlAnnotation>())
            {
                if (string.Equals(change.EndpointName, endpoint.Name, StringComparison.OrdinalIgnoreCase))
                    change.Callback(url);
            }

            var absolute = url.Url.StartsWith('/') ? address + url.Url : url.Url;
            urls.Add(new ResourceUrl(absolute, url.DisplayText ?? absolute, endpoint.Name, url.DisplayLocation == UrlDisplayLocation.DetailsOnly));
        }

        return urls;
    }

    private static ResourceType TypeOf(IResource resource) => resource switch
    {
        ProjectResource => ResourceType.Project,
        ExecutableResource => ResourceType.Executable,
        ContainerResource => ResourceType.Container,
        ParameterResource => ResourceType.Parameter,
        IResourceWithConnectionString => ResourceType.ConnectionString,
        ExternalServiceResource => ResourceType.ExternalService,
        _ => throw new DistributedApplicationException($"Resource '{resource.Name}' is a {resource.GetType().Name}, which the embedded engine does not know."),
    };

    private static string? SourceOf(IResource resource) => resource switch
    {
        ProjectResource => resource.Annotations.OfType<ProjectMetadataAnnotation>().Last().ProjectPath,
        ExecutableResource executable => executable.Command,
        ContainerResource => resource.Annotations.OfType<ContainerImageAnnotation>().Last().ToString(),
        ExternalServiceResource service => service.Uri?.OriginalString,
        _ => null,
    };

    private static string[] ReferencesOf(IResource resource)
    {
        var referred = resource.Annotations.OfType<ReferenceAnnotation>().Select(reference => reference.Resource)
            .Concat(resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource))
            .Concat(resource is IResourceWithConnectionString source ? References.In(source.ConnectionStringExpression) : [])
            .Concat(resource is ExternalServiceResource { UrlParameter: { } parameter } ? [parameter] : []);
        return [.. referred.Select(other => other.Name).Distinct(StringComparer.Ordinal)];
    }
}
