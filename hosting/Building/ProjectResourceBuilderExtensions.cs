using Aspire.Hosting.ApplicationModel;
using Maskwright.Hosting;

namespace Aspire.Hosting;

/// <summary>Adds .NET projects.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>
    /// Adds a .NET project. It is started from its build output with the project's folder as working directory. Its endpoints
    /// come from <c>Kestrel:Endpoints</c> in its appsettings.json, from <c>WithHttpEndpoint</c> and from <c>WithEndpoint</c>;
    /// this engine does not read launch profiles.
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
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(new ProjectMetadataAnnotation(path));
        foreach (var endpoint in KestrelEndpoints.Read(name, path, EngineSettings.From(builder.Configuration).EnvironmentName))
            project.WithAnnotation(endpoint);
        return project.WithEnvironment(context => SetListenUrls(project.Resource, context));
    }

    /// <summary>The web server's variables for the endpoints whose port no variable of their own tells.</summary>
    private static void SetListenUrls(ProjectResource project, EnvironmentCallbackContext context)
    {
        if (project.Annotations.OfType<Http2ServiceAnnotation>().Any())
            context.EnvironmentVariables["Kestrel__EndpointDefaults__Protocols"] = "Http2";

        var endpoints = project.Annotations.OfType<EndpointAnnotation>()
            .Where(endpoint => endpoint.UriScheme is "http" or "https" && endpoint.TargetPortEnvironmentVariable is null)
            .ToArray();
        // Endpoints in Kestrel's settings make the server ignore ASPNETCORE_URLS, so all of them are told as such.
        if (Array.Exists(endpoints, endpoint => endpoint.KestrelName is not null))
        {
            foreach (var endpoint in endpoints)
                context.EnvironmentVariables[$"Kestrel__Endpoints__{endpoint.KestrelName ?? endpoint.Name}__Url"] = new EndpointReference(project, endpoint.Name);
        }
        else if (endpoints.Length > 0)
        {
            context.EnvironmentVariables["ASPNETCORE_URLS"] = string.Join(';', endpoints.Select(endpoint => new EndpointReference(project, endpoint.Name).Url));
        }
    }
}
