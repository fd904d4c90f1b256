namespace Aspire.Hosting.ApplicationModel;

/// <summary>How the replicas of a resource are named.</summary>
internal static class ReplicaNames
{
    /// <summary>The resource's own name when there is one replica, otherwise that with a number from 1.</summary>
    public static IReadOnlyList<string> Of(IResource resource)
    {
        var replicas = resource.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Replicas ?? 1;
        return replicas == 1 ? [resource.Name] : [.. Enumerable.Range(1, replicas).Select(number => $"{resource.Name}-{number}")];
    }
}
