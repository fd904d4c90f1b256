using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>Who waits for whom.</summary>
internal static class WaitGraph
{
    /// <summary>Refuses resources that would wait for each other for ever.</summary>
    /// <exception cref="DistributedApplicationException">There is a circle; the message names its resources in order.</exception>
    public static void RefuseCircles(IReadOnlyList<IResource> resources)
    {
        HashSet<IResource> cleared = [];
        foreach (var resource in resources)
            Visit(resource, [], cleared);
    }

    private static void Visit(IResource resource, List<IResource> path, HashSet<IResource> cleared)
    {
        var start = path.IndexOf(resource);
        if (start >= 0)
        {
            var circle = string.Join(" → ", path.Skip(start).Append(resource).Select(step => $"'{step.Name}'"));
            throw new DistributedApplicationException($"These resources wait for each other and none could ever start: {circle}. Remove one WaitFor.");
        }

        if (cleared.Contains(resource))
            return;
        path.Add(resource);
        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>())
            Visit(wait.Resource, path, cleared);
        path.RemoveAt(path.Count - 1);
        cleared.Add(resource);
    }
}
