using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>
    /// Tells a resource all endpoints of another: <c>services__{name}__{endpoint}__0</c> and <c>{NAME}_{ENDPOINT}</c>, each the
    /// endpoint's URL. Endpoints named http or https go by their scheme.
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
        return builder.WithEnvironment(context =>
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
        return builder.WithEnvironment(context => Refer(context, endpointReference));
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
        return builder.WithEnvironment(context =>
            context.EnvironmentVariables[variable] = new ConnectionStringReference(source.Resource, optional));
    }

    private static void Refer(EnvironmentCallbackContext context, EndpointReference endpoint)
    {
        var name = endpoint.Resource.Name;
        var key = endpoint.EndpointName is "http" or "https" ? endpoint.Scheme : endpoint.EndpointName;
        context.EnvironmentVariables[$"services__{name}__{key}__0"] = endpoint;
        context.EnvironmentVariables[$"{ResourceName.ToVariable(name)}_{ResourceName.ToVariable(endpoint.EndpointName)}"] = endpoint;
    }

    private sealed class ConnectionStringReference(IResourceWithConnectionString source, bool optional) : IValueProvider
    {
        public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
        {
            var value = await source.GetValueAsync(cancellationToken);
            if (!string.IsNullOrEmpty(value))
                return value;
            return optional ? null : throw new DistributedApplicationException($"The connection string '{source.Name}' is empty.");
        }
    }
}
