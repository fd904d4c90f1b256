using Aspire.Hosting.ApplicationModel;
using Maskwright.Hosting;

namespace Aspire.Hosting;

/// <summary>Adds .NET projects.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>
    /// Adds a .NET project with the first launch profile that runs the project itself, if there is one. It is started from its
    /// build output with the project's folder as working directory. Its endpoints come from <c>Kestrel:Endpoints</c> in its
    /// appsettings.json, else from the launch profile, and from <c>WithHttpEndpoint</c> and <c>WithEndpoint</c>.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="projectPath">Path of the project file, absolute or from the AppHost's folder.</param>
    /// <returns>A builder that says more about it.</returns>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath) =>
        builder.AddProject(name, projectPath, _ => { });

    /// <summary>Adds a .NET project with a launch profile of its <c>Properties/launchSettings.json</c>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="projectPath">Path of the project file, absolute or from the AppHost's folder.</param>
    /// <param name="launchProfileName">Name of the profile; null for none.</param>
    /// <returns>A builder that says more about it.</returns>
    /// <exception cref="DistributedApplicationException">The project has no such profile.</exception>
    public static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder, string name, string projectPath, string? launchProfileName) =>
        builder.AddProject(name, projectPath, options =>
        {
            options.LaunchProfileName = launchProfileName;
            options.ExcludeLaunchProfile = launchProfileName is null;
        });

    /// <summary>Adds a .NET project.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="projectPath">Path of the project file, absolute or from the AppHost's folder.</param>
    /// <param name="configure">Says what is taken from the project's own settings.</param>
    /// <returns>A builder that says more about it.</returns>
    /// <exception cref="DistributedApplicationException">The project has no such profile.</exception>
    public static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder, string name, string projectPath, Action<ProjectResourceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(projectPath);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new ProjectResourceOptions();
        configure(options);
        var path = Path.GetFullPath(projectPath.Replace('\\', '/'), builder.AppHostDirectory);
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(new ProjectMetadataAnnotation(path));
        var profile = options.ExcludeLaunchProfile ? null : LaunchProfile.Read(name, path, options.LaunchProfileName);
        var endpoints = options.ExcludeKestrelEndpoints ? [] : KestrelEndpoints.Read(name, path, EngineSettings.EnvironmentOf(builder.Configuration));
        foreach (var endpoint in endpoints.Count > 0 ? endpoints : profile?.Endpoints ?? [])
            project.WithAnnotation(endpoint);
        if (profile is not null)
        {
            project.WithArgs([.. profile.Arguments]).WithEnvironment(context =>
            {
                foreach (var (variable, value) in profile.Environment)
                    context.EnvironmentVariables[variable] = value;
            });
        }

        return project.WithEnvironment(context => SetListenUrls(project.Resource, context));
    }

    /// <summary>Runs a project several times over, each replica with ports of its own.</summary>
    /// <param name="builder">The project.</param>
    /// <param name="replicas">How often, at least 1.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        return builder.WithAnnotation(new ReplicaAnnotation(replicas));
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
                context.EnvironmentVariables[$"Kestrel__Endpoints__{endpoint.KestrelName ?? endpoint.Name}__Url"] = endpoint.ListenUrl(context.Replica, context.IsPublishing);
        }
        else if (endpoints.Length > 0)
        {
            context.EnvironmentVariables["ASPNETCORE_URLS"] = string.Join(';', endpoints.Select(endpoint => endpoint.ListenUrl(context.Replica, context.IsPublishing)));
        }
    }
}
