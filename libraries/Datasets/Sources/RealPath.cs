namespace Maskwright.Datasets;

/// <summary>Where a path leads once every link on the way is followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>Follows the links in every part of an absolute path.</summary>
    /// <exception cref="IOException">The links run in a circle.</exception>
    public static string Of(string path)
    {
        var pending = new Stack<string>(Parts(path).Reverse());
        var real = Path.GetPathRoot(path)!;
        var links = 0;
        while (pending.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Combine(real, part);
            var target = new FileInfo(next).LinkTarget;
            if (target is null)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
                throw new IOException($"{path}: the links on the way run in a circle.");
            if (Path.IsPathRooted(target))
                real = Path.GetPathRoot(target)!;
            foreach (var step in Parts(target).Reverse())
                pending.Push(step);
        }

        return real;
    }

    /// <summary>Whether a resolved path lies below a resolved folder.</summary>
    public static bool IsInside(string folder, string path) =>
        path.StartsWith(folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Whether a name from outside is a plain path downwards: relative, without <c>..</c>, backslash or control characters.</summary>
    public static bool IsPlainRelative(string name) =>
        name.Length > 0
        && !Path.IsPathRooted(name)
        && !name.Contains('\\')
        && !name.Any(char.IsControl)
        && name.Split('/').All(part => part is not ("" or "." or ".."));

    private static string[] Parts(string path) =>
        [.. path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".")];
}
