using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds .NET projects.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>
    /// Adds a .NET project. It is started from its build output with the project's folder as working directory; endpoints
    /// come from <c>WithHttpEndpoint</c> and <c>WithEndpoint</c> (launch profiles and <c>Kestrel:Endpoints</c> of the
    /// project's settings are not read by this engine).
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="projectPath">Path of the project file, absolute or from the AppHost's folder.</param>
    /// <returns>A builder that says more about it.</returns>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(projectPath);
        var path = Path.GetFullPath(projectPath.Replace('\\', '/'), builder.AppHostDirectory);
        return builder.AddResource(new ProjectResource(name))
            .WithAnnotation(new ProjectMetadataAnnotation(path))
            .WithEnvironment(context => SetListenUrls((ProjectResource)context.Resource, context));
    }

    /// <summary>The web server's variables for the endpoints whose port no variable of their own tells.</summary>
    private static void SetListenUrls(ProjectResource project, EnvironmentCallbackContext context)
    {
        if (project.Annotations.OfType<Http2ServiceAnnotation>().Any())
            context.EnvironmentVariables["Kestrel__EndpointDefaults__Protocols"] = "Http2";

        var urls = project.Annotations.OfType<EndpointAnnotation>()
            .Where(endpoint => endpoint.UriScheme is "http" or "https" && endpoint.TargetPortEnvironmentVariable is null)
            .Select(endpoint => new EndpointReference(project, endpoint.Name).Url)
            .ToArray();
        if (urls.Length > 0)
            context.EnvironmentVariables["ASPNETCORE_URLS"] = string.Join(';', urls);
    }
}
