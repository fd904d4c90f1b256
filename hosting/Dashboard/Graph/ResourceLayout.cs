using Maskwright.Hosting;

namespace Maskwright.Dashboard.Graph;

/// <summary>A resource in its place.</summary>
/// <param name="Resource">Which.</param>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
internal sealed record PlacedResource(ResourceSnapshot Resource, double X, double Y);

/// <summary>
/// Resources in layers: each stands right of all that it refers to, and in its layer near the middle of those. Of references in
/// a circle the one that closes it is drawn but does not order.
/// </summary>
internal sealed class ResourceLayout
{
    public const double NodeWidth = 190;
    public const double NodeHeight = 58;
    private const double LayerGap = 80;
    private const double NodeGap = 22;
    private const double Margin = 16;

    public ResourceLayout(IReadOnlyList<ResourceSnapshot> resources)
    {
        var byName = resources.ToLookup(resource => resource.ResourceName);
        Dictionary<string, int> layers = [];
        foreach (var resource in resources)
            LayerOf(resource.ResourceName, []);

        Dictionary<string, double> rows = [];
        List<PlacedResource> placed = [];
        var tallest = resources.GroupBy(resource => layers[resource.ResourceName]).Select(layer => layer.Count()).DefaultIfEmpty(0).Max();
        foreach (var layer in resources.GroupBy(resource => layers[resource.ResourceName]).OrderBy(layer => layer.Key))
        {
            ResourceSnapshot[] ordered = [.. layer.OrderBy(resource => resource.References.Where(rows.ContainsKey).Select(name => rows[name]).DefaultIfEmpty(double.MaxValue).Average())];
            var first = (tallest - ordered.Length) / 2.0;
            for (var i = 0; i < ordered.Length; i++)
            {
                rows[ordered[i].ResourceName] = first + i;
                placed.Add(new PlacedResource(ordered[i], Margin + (layer.Key * (NodeWidth + LayerGap)), Margin + ((first + i) * (NodeHeight + NodeGap))));
            }
        }

        Resources = placed;
        Width = (2 * Margin) + placed.Select(node => node.X + NodeWidth - Margin).DefaultIfEmpty(0).Max();
        Height = (2 * Margin) + placed.Select(node => node.Y + NodeHeight - Margin).DefaultIfEmpty(0).Max();
        Edges =
        [
            .. from node in placed
               from name in node.Resource.References
               from other in placed.Where(other => other.Resource.ResourceName == name)
               select (node, other),
        ];

        int LayerOf(string name, HashSet<string> path)
        {
            if (layers.TryGetValue(name, out var known))
                return known;
            if (!path.Add(name))
                return 0;
            var layer = byName[name].SelectMany(resource => resource.References).Where(byName.Contains)
                .Select(reference => LayerOf(reference, path) + 1).DefaultIfEmpty(0).Max();
            path.Remove(name);
            return layers[name] = layer;
        }
    }

    public IReadOnlyList<PlacedResource> Resources { get; }

    /// <summary>Who refers to whom.</summary>
    public IReadOnlyList<(PlacedResource From, PlacedResource To)> Edges { get; }

    public double Width { get; }

    public double Height { get; }
}
