using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>Judges what a resource waits for by the snapshots of all resources.</summary>
internal static class WaitConditions
{
    /// <summary>Every wait of a resource as it stands. All replicas of a resource that is waited for must fulfil it.</summary>
    public static IReadOnlyList<ResourceWait> Judge(IResource resource, IReadOnlyList<ResourceSnapshot> all) =>
    [
        .. resource.Annotations.OfType<WaitAnnotation>().Select(wait =>
        {
            ResourceSnapshot[] replicas = [.. all.Where(snapshot => snapshot.ResourceName == wait.Resource.Name)];
            return new ResourceWait(
                wait.Resource.Name,
                Condition(wait),
                Array.TrueForAll(replicas, replica => IsMet(wait, replica)),
                replicas.Select(replica => Obstacle(wait, replica)).FirstOrDefault(obstacle => obstacle is not null));
        }),
    ];

    private static string Condition(WaitAnnotation wait) => wait.Type switch
    {
        WaitType.Healthy => "healthy",
        WaitType.Started => "started",
        _ => $"ended with exit code {wait.ExitCode}",
    };

    private static bool IsMet(WaitAnnotation wait, ResourceSnapshot replica) => wait.Type switch
    {
        WaitType.Healthy => replica is { State: ResourceState.Running, Health: ResourceHealth.Healthy },
        WaitType.Started => replica.State == ResourceState.Running || replica.StartedAt is not null,
        _ => replica.State is ResourceState.Finished or ResourceState.Failed && replica.ExitCode == wait.ExitCode,
    };

    /// <summary>Why the wait cannot end unless somebody does something, or null.</summary>
    private static string? Obstacle(WaitAnnotation wait, ResourceSnapshot replica)
    {
        if (IsMet(wait, replica))
            return null;
        return replica.State switch
        {
            ResourceState.NotStarted => "is not started by itself (WithExplicitStart)",
            ResourceState.Waiting => replica.Reason,
            ResourceState.RuntimeUnavailable => replica.Reason,
            ResourceState.Failed or ResourceState.Finished when wait.Type == WaitType.Completed && replica.ExitCode is { } exitCode =>
                $"ended with exit code {exitCode} and not {wait.ExitCode}",
            ResourceState.Failed => replica.Reason,
            ResourceState.Finished => replica.Reason ?? "has ended",
            ResourceState.Running when wait.Type == WaitType.Healthy && replica.Health == ResourceHealth.Unhealthy => replica.Reason,
            _ => null,
        };
    }
}
