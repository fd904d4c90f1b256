using System.IO.Enumeration;
using System.Text;

namespace Maskwright.ObjectStore;

/// <summary>
/// Walks the keys of a bucket in the order of their bytes, from a prefix on, entering only the folders that can hold what is
/// asked for.
/// </summary>
internal sealed class KeyWalker
{
    private readonly Stack<Frame> _frames = new();
    private readonly byte[] _prefix;
    private byte[] _after;
    private bool _afterWhole;

    /// <summary>Begins before the first key.</summary>
    /// <param name="root">The bucket's folder.</param>
    /// <param name="prefix">What the keys begin with.</param>
    /// <param name="after">Only keys after this one, or null.</param>
    /// <param name="afterWhole">True to leave out every key that begins with <paramref name="after"/> as well.</param>
    internal KeyWalker(string root, string prefix, string? after, bool afterWhole)
    {
        _prefix = Encoding.UTF8.GetBytes(prefix);
        _after = Encoding.UTF8.GetBytes(after ?? "");
        _afterWhole = afterWhole && after is not null;
        var folder = prefix[..(prefix.LastIndexOf('/') + 1)];
        _frames.Push(Read(Path.Combine(root, KeyPath.OfFolder(folder)), Encoding.UTF8.GetBytes(folder)));
    }

    /// <summary>The key the walker stands at.</summary>
    internal string Key { get; private set; } = "";

    /// <summary>The file of that key.</summary>
    internal string FilePath { get; private set; } = "";

    /// <summary>Goes to the next key.</summary>
    internal bool MoveNext()
    {
        while (_frames.TryPeek(out var frame))
        {
            if (frame.Next == frame.Entries.Length)
            {
                _frames.Pop();
                continue;
            }

            var entry = frame.Entries[frame.Next++];
            if (!CanHold(entry))
                continue;
            if (entry.IsFolder)
            {
                _frames.Push(Read(Path.Combine(frame.Path, entry.Name), entry.Bytes));
                continue;
            }

            Key = Encoding.UTF8.GetString(entry.Bytes);
            FilePath = Path.Combine(frame.Path, entry.Name);
            return true;
        }

        return false;
    }

    /// <summary>Leaves out all further keys that begin with this.</summary>
    internal void Skip(string prefix)
    {
        _after = Encoding.UTF8.GetBytes(prefix);
        _afterWhole = true;
    }

    private static Frame Read(string path, byte[] bytes)
    {
        try
        {
            var entries = new FileSystemEnumerable<Entry>(path, (ref FileSystemEntry e) =>
                new Entry(e.FileName.ToString(), e.IsDirectory, [.. bytes, .. KeyPath.Decode(e.FileName, e.IsDirectory)])).ToArray();
            Array.Sort(entries, (a, b) => a.Bytes.AsSpan().SequenceCompareTo(b.Bytes));
            return new Frame(path, entries);
        }
        catch (DirectoryNotFoundException)
        {
            // Deleted since its name was read, or there are no keys with this prefix.
            return new Frame(path, []);
        }
    }

    private bool CanHold(Entry entry)
    {
        ReadOnlySpan<byte> bytes = entry.Bytes;
        if (!bytes.StartsWith(_prefix) && !(entry.IsFolder && _prefix.AsSpan().StartsWith(bytes)))
            return false;
        if (_afterWhole && bytes.StartsWith(_after))
            return false;
        if (_after.Length == 0 || bytes.SequenceCompareTo(_after) > 0)
            return true;
        // Before it: only a folder on the way to it can still hold keys after it.
        return entry.IsFolder && _after.AsSpan().StartsWith(bytes);
    }

    private sealed record Entry(string Name, bool IsFolder, byte[] Bytes);

    private sealed class Frame(string path, Entry[] entries)
    {
        internal string Path { get; } = path;

        internal Entry[] Entries { get; } = entries;

        internal int Next { get; set; }
    }
}
