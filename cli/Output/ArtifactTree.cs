using System.Text.Json.Nodes;
using Maskwright.Artifacts;

namespace Maskwright.Cli;

/// <summary>One line of a listing: an object, or a folder with the sum of all that lies below it.</summary>
/// <param name="Name">Its path below what was listed; a folder's ends in a slash.</param>
/// <param name="Depth">How many folders it lies in.</param>
/// <param name="Objects">How many objects it is.</param>
/// <param name="Bytes">How large they are together.</param>
/// <param name="Modified">When the newest of them was written, UTC.</param>
internal sealed record ArtifactNode(string Name, int Depth, int Objects, long Bytes, DateTimeOffset Modified)
{
    /// <summary>The last part of the path.</summary>
    public string Leaf => Name[(Name.TrimEnd('/').LastIndexOf('/') + 1)..];
}

/// <summary>Objects as the folders that their keys suggest.</summary>
internal static class ArtifactTree
{
    /// <summary>Puts objects, in the order of their keys, into folders.</summary>
    /// <param name="objects">The objects, all below the prefix.</param>
    /// <param name="prefix">What their keys begin with, and what is not shown.</param>
    /// <param name="depth">How many levels of folders to open, at least 1.</param>
    public static IReadOnlyList<ArtifactNode> Of(IEnumerable<ObjectInfo> objects, string prefix, int depth)
    {
        var order = new List<string>();
        var nodes = new Dictionary<string, ArtifactNode>(StringComparer.Ordinal);
        foreach (var item in objects)
        {
            var name = item.Key[prefix.Length..];
            var level = 0;
            for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash >= 0 && level < depth; slash = name.IndexOf('/', slash + 1), level++)
                Add(name[..(slash + 1)], level, item);
            if (level < depth)
                Add(name, level, item);
        }

        return [.. order.Select(name => nodes[name])];

        void Add(string name, int level, ObjectInfo item)
        {
            if (!nodes.TryGetValue(name, out var node))
            {
                node = new ArtifactNode(name, level, 0, 0, item.LastModified);
                order.Add(name);
            }

            nodes[name] = node with
            {
                Objects = node.Objects + 1,
                Bytes = node.Bytes + item.Size,
                Modified = node.Modified > item.LastModified ? node.Modified : item.LastModified,
            };
        }
    }

    /// <summary>Writes a listing for people.</summary>
    public static void Show(Terminal terminal, IReadOnlyList<ArtifactNode> nodes)
    {
        foreach (var node in nodes)
        {
            var count = node.Name.EndsWith('/') ? $"  ({Count(node.Objects, "object")})" : "";
            terminal.Output.WriteLine($"{Size(node.Bytes),10}  {Numbers.Time(node.Modified)}  {new string(' ', 2 * node.Depth)}{node.Leaf}{count}");
        }

        var top = nodes.Where(node => node.Depth == 0).ToList();
        terminal.Say($"{Count(top.Sum(node => node.Objects), "object")}, {Size(top.Sum(node => node.Bytes))}; times are UTC.");
    }

    /// <summary>A listing as JSON.</summary>
    public static JsonArray Json(IReadOnlyList<ArtifactNode> nodes) =>
    [
        .. nodes.Select(node => new JsonObject
        {
            ["name"] = node.Name,
            ["objects"] = node.Objects,
            ["bytes"] = node.Bytes,
            ["modified"] = node.Modified,
        }),
    ];

    /// <summary>How many there are of something.</summary>
    public static string Count(int number, string noun) => $"{number:N0} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>A size, to the byte where it is small.</summary>
    public static string Size(long bytes) => bytes < 1024 ? $"{bytes} B" : Numbers.Bytes(bytes);
}
