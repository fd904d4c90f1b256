namespace Maskwright.ObjectStore;

/// <summary>What a listing asks for.</summary>
/// <param name="Prefix">What the keys begin with.</param>
/// <param name="Delimiter">Keys that hold it after the prefix are folded up to it; empty for none.</param>
/// <param name="Start">Where to begin; null for the first key.</param>
/// <param name="Maximum">How many objects and common prefixes at most.</param>
internal sealed record ListQuery(string Prefix, string Delimiter, ListPosition? Start, int Maximum);

/// <summary>One page of a listing.</summary>
/// <param name="Objects">The objects, by key.</param>
/// <param name="CommonPrefixes">What the keys that were folded have in common, up to the delimiter.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
internal sealed record ListPage(IReadOnlyList<ObjectRecord> Objects, IReadOnlyList<string> CommonPrefixes, ListPosition? Next);

/// <summary>Where a listing goes on.</summary>
/// <param name="After">After this key or common prefix.</param>
/// <param name="IsPrefix">True when all keys that begin with it were told of already.</param>
internal sealed record ListPosition(string After, bool IsPrefix);

/// <summary>Lists a bucket page by page.</summary>
internal static class ObjectLister
{
    /// <summary>Reads one page.</summary>
    /// <param name="names">The entries of folders.</param>
    /// <param name="damaged">Is told of objects that are left out because they cannot be read.</param>
    /// <param name="root">The bucket's folder.</param>
    /// <param name="query">What is asked for.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal static ListPage Read(FolderNames names, DamagedFiles damaged, string root, ListQuery query, CancellationToken cancellationToken)
    {
        var (prefix, delimiter, start, maximum) = query;
        var objects = new List<ObjectRecord>();
        var prefixes = new List<string>();
        ListPosition? last = null;
        if (maximum == 0)
            return new ListPage(objects, prefixes, null);

        var walker = new KeyWalker(names, root, prefix, start?.After, start?.IsPrefix ?? false);
        while (walker.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (objects.Count + prefixes.Count == maximum)
                return new ListPage(objects, prefixes, last);

            var end = delimiter.Length == 0 ? -1 : walker.Key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            if (end >= 0)
            {
                var common = walker.Key[..(end + delimiter.Length)];
                prefixes.Add(common);
                last = new ListPosition(common, IsPrefix: true);
                walker.Skip(common);
                continue;
            }

            // Null when it was deleted since its name was read.
            try
            {
                if (ObjectFile.TryReadRecord(walker.FilePath) is { } record)
                {
                    objects.Add(record);
                    last = new ListPosition(walker.Key, IsPrefix: false);
                }
            }
            catch (DamagedFileException error)
            {
                damaged.Report($"{Path.GetFileName(root)}/{walker.Key}", error);
            }
        }

        return new ListPage(objects, prefixes, null);
    }
}
