using Maskwright.Hosting;
using MudBlazor;

namespace Maskwright.Dashboard.Resources;

/// <summary>State and health of a resource in one word, a colour and a picture.</summary>
/// <param name="Text">The word.</param>
/// <param name="Color">Its colour.</param>
/// <param name="Icon">Its picture, so that colour is not all there is.</param>
internal sealed record ResourceStatus(string Text, Color Color, string Icon)
{
    public static ResourceStatus Of(ResourceSnapshot resource) => (resource.State, resource.Health) switch
    {
        (ResourceState.Running, ResourceHealth.Unhealthy) => new("Unhealthy", Color.Error, Icons.Material.Filled.HeartBroken),
        (ResourceState.Running, _) when resource.Type is ResourceType.Parameter or ResourceType.ConnectionString => new("Has a value", Color.Success, Icons.Material.Filled.CheckCircle),
        (ResourceState.Running, ResourceHealth.Pending) => new("Running, not healthy yet", Color.Warning, Icons.Material.Filled.HourglassTop),
        (ResourceState.Running, _) => new("Running", Color.Success, Icons.Material.Filled.CheckCircle),
        (ResourceState.NotStarted, _) => new("Not started", Color.Default, Icons.Material.Outlined.Circle),
        (ResourceState.Waiting, _) => new("Waiting", Color.Info, Icons.Material.Filled.HourglassEmpty),
        (ResourceState.Starting, _) => new("Starting", Color.Info, Icons.Material.Filled.HourglassTop),
        (ResourceState.Stopping, _) => new("Stopping", Color.Warning, Icons.Material.Filled.HourglassBottom),
        (ResourceState.Finished, _) => new(resource.ExitCode is null or 0 ? "Finished" : $"Stopped ({resource.ExitCode})", Color.Default, Icons.Material.Filled.StopCircle),
        (ResourceState.RuntimeUnavailable, _) => new("Cannot run here", Color.Warning, Icons.Material.Filled.Warning),
        _ => new(resource.ExitCode is { } code ? $"Failed ({code})" : "Failed", Color.Error, Icons.Material.Filled.Error),
    };

    /// <summary>What kind of thing it is, for people.</summary>
    public static string Kind(ResourceType type) => type switch
    {
        ResourceType.ConnectionString => "Connection string",
        ResourceType.ExternalService => "External service",
        _ => type.ToString(),
    };
}
