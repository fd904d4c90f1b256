namespace Aspire.Hosting.ApplicationModel;

/// <summary>A container, run by Docker or Podman.</summary>
/// <param name="name">Name of the resource.</param>
/// <param name="entrypoint">Program run instead of the image's own, or null.</param>
public class ContainerResource(string name, string? entrypoint = null)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    /// <summary>Program run instead of the image's own, or null.</summary>
    public string? Entrypoint { get; set; } = entrypoint;
}
