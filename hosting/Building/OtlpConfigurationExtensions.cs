using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Telemetry of resources that are no projects.</summary>
public static class OtlpConfigurationExtensions
{
    /// <summary>Makes a program or container send its telemetry where the projects send theirs.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new OtlpExporterAnnotation());
    }
}
