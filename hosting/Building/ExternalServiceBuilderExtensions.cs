using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds services that the application uses and does not run.</summary>
public static class ExternalServiceBuilderExtensions
{
    /// <summary>Adds a service at a known address.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="url">Its absolute address, ending in <c>/</c>.</param>
    /// <returns>A builder that says more about it.</returns>
    public static IResourceBuilder<ExternalServiceResource> AddExternalService(this IDistributedApplicationBuilder builder, string name, string url)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(url);
        return builder.AddExternalService(name, Uri.TryCreate(url, UriKind.RelativeOrAbsolute, out var uri) ? uri : throw new ArgumentException($"'{url}' is no URL.", nameof(url)));
    }

    /// <summary>Adds a service at a known address.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="uri">Its absolute address, ending in <c>/</c>.</param>
    /// <returns>A builder that says more about it.</returns>
    public static IResourceBuilder<ExternalServiceResource> AddExternalService(this IDistributedApplicationBuilder builder, string name, Uri uri)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddResource(new ExternalServiceResource(name, uri));
    }

    /// <summary>Adds a service whose address is a parameter.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="urlParameter">Parameter that holds the address.</param>
    /// <returns>A builder that says more about it.</returns>
    public static IResourceBuilder<ExternalServiceResource> AddExternalService(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> urlParameter)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(urlParameter);
        return builder.AddResource(new ExternalServiceResource(name, urlParameter.Resource));
    }

    /// <summary>The service is healthy while an HTTP GET answers with the expected status.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="path">Path to get; null for its address itself.</param>
    /// <param name="statusCode">Expected status; null for 200.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<ExternalServiceResource> WithHttpHealthCheck(
        this IResourceBuilder<ExternalServiceResource> builder, string? path = null, int? statusCode = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new HttpHealthCheckAnnotation(path ?? "", statusCode ?? 200, null));
    }
}
