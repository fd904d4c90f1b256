using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>
    /// Tells a resource all endpoints of another: <c>services__{name}__{endpoint}__{replica}</c> and <c>{NAME}_{ENDPOINT}</c>, each
    /// the endpoint's URL. Endpoints named http or https go by their scheme. This engine has no proxy: each replica has a URL of
    /// its own, and service discovery takes them in turn.
    /// </summary>
    /// <typeparam name="TDestination">Kind of resource.</typeparam>
    /// <param name="builder">The resource that is told.</param>
    /// <param name="source">The resource that is referred to.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        return builder.WithAnnotation(new ReferenceAnnotation(source.Resource)).WithEnvironment(context =>
        {
            foreach (var endpoint in source.Resource.Annotations.OfType<EndpointAnnotation>())
                Refer(context, new EndpointReference(source.Resource, endpoint.Name));
        });
    }

    /// <summary>Tells a resource one endpoint of another.</summary>
    /// <typeparam name="TDestination">Kind of resource.</typeparam>
    /// <param name="builder">The resource that is told.</param>
    /// <param name="endpointReference">The endpoint that is referred to.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(endpointReference);
        return builder.WithAnnotation(new ReferenceAnnotation(endpointReference.Resource)).WithEnvironment(context => Refer(context, endpointReference));
    }

    /// <summary>Tells a resource a connection string: <c>ConnectionStrings__{name}</c>.</summary>
    /// <typeparam name="TDestination">Kind of resource.</typeparam>
    /// <param name="builder">The resource that is told.</param>
    /// <param name="source">The connection string that is referred to.</param>
    /// <param name="connectionName">Name it is handed over by; null for its own.</param>
    /// <param name="optional">Whether an empty connection string is left out instead of refused.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        var variable = $"ConnectionStrings__{connectionName ?? source.Resource.Name}";
        return builder.WithAnnotation(new ReferenceAnnotation(source.Resource)).WithEnvironment(context =>
            context.EnvironmentVariables[variable] = new ConnectionStringReference(source.Resource, optional));
    }

    /// <summary>Tells a resource the address of an external service: <c>services__{name}__{scheme}__0</c>.</summary>
    /// <typeparam name="TDestination">Kind of resource.</typeparam>
    /// <param name="builder">The resource that is told.</param>
    /// <param name="externalService">The service that is referred to.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<ExternalServiceResource> externalService)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(externalService);
        var service = externalService.Resource;
        return builder.WithAnnotation(new ReferenceAnnotation(service)).WithEnvironment(context =>
        {
            context.EnvironmentVariables[$"services__{service.Name}__{new Uri(service.GetUrl()).Scheme}__0"] = new ExternalServiceReference(service);
            context.EnvironmentVariables[ResourceName.ToVariable(service.Name)] = new ExternalServiceReference(service);
        });
    }

    private static void Refer(EnvironmentCallbackContext context, EndpointReference endpoint)
    {
        var name = endpoint.Resource.Name;
        var key = endpoint.EndpointName is "http" or "https" ? endpoint.Scheme : endpoint.EndpointName;
        for (var replica = 0; replica < ReplicaNames.Of(endpoint.Resource).Count; replica++)
            context.EnvironmentVariables[$"services__{name}__{key}__{replica}"] = replica == 0 ? endpoint : new ReplicaUrl(endpoint, replica);
        context.EnvironmentVariables[$"{ResourceName.ToVariable(name)}_{ResourceName.ToVariable(endpoint.EndpointName)}"] = endpoint;
    }
}
