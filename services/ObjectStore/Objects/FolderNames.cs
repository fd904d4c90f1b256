using System.IO.Enumeration;

namespace Maskwright.ObjectStore;

/// <summary>An entry of a bucket's folder.</summary>
/// <param name="Bytes">What it adds to the key, a folder's slash included.</param>
/// <param name="IsFolder">True for a folder, false for an object.</param>
internal readonly record struct FolderEntry(byte[] Bytes, bool IsFolder)
{
    /// <summary>Entries in the order of the keys' bytes.</summary>
    internal static int Compare(FolderEntry a, FolderEntry b) => a.Bytes.AsSpan().SequenceCompareTo(b.Bytes);
}

/// <summary>
/// The entries of a bucket's folders in key order. Those of large folders are remembered, and kept true by being told of every
/// change, so that the pages of a long listing do not read and sort the whole folder each.
/// </summary>
internal sealed class FolderNames
{
    private const int WorthRemembering = 1000;
    private const int MostEntries = 250_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>The entries of a folder; none when it is not there.</summary>
    internal FolderEntry[] Of(string folder)
    {
        Known loading;
        lock (_gate)
        {
            if (_known.TryGetValue(folder, out var known))
            {
                known.LastUse = ++_clock;
                // Another request reads it just now: read it for this one alone.
                return known.Entries is null ? Read(folder) : known.Settle();
            }

            // From here on changes are noted, so that none falls between the reading and the remembering.
            _known[folder] = loading = new Known();
        }

        try
        {
            var entries = Read(folder);
            lock (_gate)
            {
                loading.Entries = entries;
                loading.LastUse = ++_clock;
                entries = loading.Settle();
                if (entries.Length < WorthRemembering)
                    _known.Remove(folder);
                else
                    ForgetOldest(folder);
                return entries;
            }
        }
        catch
        {
            lock (_gate)
                _known.Remove(folder);
            throw;
        }
    }

    /// <summary>Tells of an entry that was made or taken away. Changes of one entry are told in the order they were made.</summary>
    internal void Changed(string path, bool isFolder, bool exists)
    {
        var folder = Path.GetDirectoryName(path)!;
        lock (_gate)
        {
            if (_known.TryGetValue(folder, out var known) && !known.Note(new FolderEntry(KeyPath.Decode(Path.GetFileName(path.AsSpan()), isFolder), isFolder), exists))
                _known.Remove(folder);
        }
    }

    private static FolderEntry[] Read(string folder)
    {
        try
        {
            var entries = new FileSystemEnumerable<FolderEntry>(folder, (ref FileSystemEntry e) => new FolderEntry(KeyPath.Decode(e.FileName, e.IsDirectory), e.IsDirectory))
            {
                // A network file system keeps deleted files that are still read under names of its own.
                ShouldIncludePredicate = (ref FileSystemEntry e) => e.IsDirectory || e.FileName[^1] == KeyPath.ObjectMark,
            }.ToArray();
            Array.Sort(entries, FolderEntry.Compare);
            return entries;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private void ForgetOldest(string keep)
    {
        var total = _known.Values.Sum(k => (long)(k.Entries?.Length ?? 0));
        foreach (var (folder, known) in _known.Where(k => k.Value.Entries is not null && k.Key != keep).OrderBy(k => k.Value.LastUse).ToList())
        {
            if (total <= MostEntries)
                return;
            total -= known.Entries!.Length;
            _known.Remove(folder);
        }
    }

    private sealed class Known
    {
        private readonly List<(FolderEntry Entry, bool Exists)> _changes = [];

        internal FolderEntry[]? Entries { get; set; }

        internal long LastUse { get; set; }

        // False when so much has changed that reading anew costs less than remembering.
        internal bool Note(FolderEntry entry, bool exists)
        {
            _changes.Add((entry, exists));
            return Entries is null || _changes.Count <= Entries.Length;
        }

        internal FolderEntry[] Settle()
        {
            if (_changes.Count == 0)
                return Entries!;
            // The last word on each entry counts.
            var last = new SortedDictionary<byte[], (FolderEntry Entry, bool Exists)>(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
            foreach (var change in _changes)
                last[change.Entry.Bytes] = change;
            _changes.Clear();
            Entries = [.. Entries!.Where(e => !last.ContainsKey(e.Bytes)).Concat(last.Values.Where(c => c.Exists).Select(c => c.Entry))];
            Array.Sort(Entries, FolderEntry.Compare);
            return Entries;
        }
    }
}
