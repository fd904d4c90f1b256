using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>The resource is healthy once an HTTP GET answers with the expected status.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="path">Path to get; null for <c>/</c>.</param>
    /// <param name="statusCode">Expected status; null for 200.</param>
    /// <param name="endpointName">Endpoint to ask; null for https, else http, else the first HTTP endpoint.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new HttpHealthCheckAnnotation(path ?? "/", statusCode ?? 200, endpointName));
    }

    /// <summary>Starts the resource only once another is healthy. While that one cannot become so, this one waits and says why.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource that waits.</param>
    /// <param name="dependency">The resource it waits for.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.Wait(dependency, WaitType.Healthy, exitCode: 0);

    /// <summary>Starts the resource only once another has been started, healthy or not.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource that waits.</param>
    /// <param name="dependency">The resource it waits for.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.Wait(dependency, WaitType.Started, exitCode: 0);

    /// <summary>Starts the resource only once another has ended.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource that waits.</param>
    /// <param name="dependency">The resource it waits for.</param>
    /// <param name="exitCode">Exit code it must have ended with.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport => builder.Wait(dependency, WaitType.Completed, exitCode);

    /// <summary>Leaves the resource out of the start of the application.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WithExplicitStart<T>(this IResourceBuilder<T> builder)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ExplicitStartupAnnotation());
    }

    private static IResourceBuilder<T> Wait<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitType type, int exitCode)
        where T : IResourceWithWaitSupport
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dependency);
        if (ReferenceEquals(builder.Resource, dependency.Resource))
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' cannot wait for itself.");
        return builder.WithAnnotation(new WaitAnnotation(dependency.Resource, type, exitCode));
    }
}
