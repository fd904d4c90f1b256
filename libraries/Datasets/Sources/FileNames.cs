namespace Maskwright.Datasets;

/// <summary>Files known by their full names only, seen as folders.</summary>
internal static class FileNames
{
    /// <summary>The names of the files directly in a folder, without the folder; empty for the root.</summary>
    public static IEnumerable<string> FilesIn(string folder, IEnumerable<string> names) =>
        Below(folder, names).Where(rest => !rest.Contains('/'));

    /// <summary>The names of the folders directly in a folder; empty for the root.</summary>
    public static IEnumerable<string> FoldersIn(string folder, IEnumerable<string> names) =>
        Below(folder, names).Where(rest => rest.Contains('/')).Select(rest => rest[..rest.IndexOf('/')]).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Below(string folder, IEnumerable<string> names)
    {
        var prefix = folder.Length == 0 ? "" : folder + "/";
        return names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..]);
    }
}
