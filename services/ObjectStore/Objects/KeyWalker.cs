using System.Text;

namespace Maskwright.ObjectStore;

/// <summary>
/// Walks the keys of a bucket in the order of their bytes, from a prefix on, entering only the folders that can hold what is
/// asked for.
/// </summary>
internal sealed class KeyWalker
{
    private readonly Stack<Frame> _frames = new();
    private readonly FolderNames _names;
    private readonly byte[] _prefix;
    private byte[] _after;
    private bool _afterWhole;

    /// <summary>Begins before the first key.</summary>
    /// <param name="names">The entries of folders.</param>
    /// <param name="root">The bucket's folder.</param>
    /// <param name="prefix">What the keys begin with.</param>
    /// <param name="after">Only keys after this one, or null.</param>
    /// <param name="afterWhole">True to leave out every key that begins with <paramref name="after"/> as well.</param>
    internal KeyWalker(FolderNames names, string root, string prefix, string? after, bool afterWhole)
    {
        _names = names;
        _prefix = Encoding.UTF8.GetBytes(prefix);
        _after = Encoding.UTF8.GetBytes(after ?? "");
        _afterWhole = afterWhole && after is not null;
        var folder = prefix[..(prefix.LastIndexOf('/') + 1)];
        Enter(Path.Combine(root, KeyPath.OfFolder(folder)), Encoding.UTF8.GetBytes(folder));
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
            byte[] bytes = [.. frame.Bytes, .. entry.Bytes];
            if (!CanHold(bytes, entry.IsFolder))
            {
                // Keys in order: beyond the prefix there is nothing more.
                if (bytes.AsSpan().SequenceCompareTo(_prefix) > 0 && !bytes.AsSpan().StartsWith(_prefix))
                    frame.Next = frame.Entries.Length;
                continue;
            }

            var path = Path.Combine(frame.Path, KeyPath.NameOf(entry));
            if (entry.IsFolder)
            {
                Enter(path, bytes);
                continue;
            }

            Key = Encoding.UTF8.GetString(bytes);
            FilePath = path;
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

    private void Enter(string path, byte[] bytes)
    {
        var frame = new Frame(path, bytes, _names.Of(path));
        // The folder on the way to the first key wanted stands right before where that key would be.
        var first = _after.AsSpan().SequenceCompareTo(_prefix) > 0 ? _after : _prefix;
        if (first.AsSpan().StartsWith(bytes))
        {
            var at = Array.BinarySearch(frame.Entries, new FolderEntry(first[bytes.Length..], false), Comparer<FolderEntry>.Create(FolderEntry.Compare));
            frame.Next = Math.Max(0, (at < 0 ? ~at : at) - 1);
        }

        _frames.Push(frame);
    }

    private bool CanHold(ReadOnlySpan<byte> bytes, bool isFolder)
    {
        if (!bytes.StartsWith(_prefix) && !(isFolder && _prefix.AsSpan().StartsWith(bytes)))
            return false;
        if (_afterWhole && bytes.StartsWith(_after))
            return false;
        if (_after.Length == 0 || bytes.SequenceCompareTo(_after) > 0)
            return true;
        // Before it: only a folder on the way to it can still hold keys after it.
        return isFolder && _after.AsSpan().StartsWith(bytes);
    }

    private sealed class Frame(string path, byte[] bytes, FolderEntry[] entries)
    {
        internal string Path { get; } = path;

        internal byte[] Bytes { get; } = bytes;

        internal FolderEntry[] Entries { get; } = entries;

        internal int Next { get; set; }
    }
}
