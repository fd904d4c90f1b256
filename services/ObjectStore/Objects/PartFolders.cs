namespace Maskwright.ObjectStore;

/// <summary>
/// The folders of parts, one an upload. A completed upload's parts stay where they are and the object refers to them, so that
/// completing copies nothing. A folder is taken away only once nobody reads it.
/// </summary>
internal sealed class PartFolders(DurableFolder folder)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _readers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _doomed = new(StringComparer.Ordinal);

    /// <summary>The ids of all folders there are.</summary>
    internal IEnumerable<string> All() => Directory.EnumerateDirectories(folder.Parts).Select(p => Path.GetFileName(p));

    /// <summary>The path of a folder.</summary>
    internal string PathOf(string id) => Path.Combine(folder.Parts, id);

    /// <summary>The path of a part.</summary>
    internal string PathOf(string id, int number) => Path.Combine(folder.Parts, id, $"part-{number:00000}");

    /// <summary>Keeps a folder from being taken away until <see cref="Release"/>.</summary>
    /// <returns>False when it is gone.</returns>
    internal bool TryHold(string id)
    {
        lock (_gate)
        {
            if (!Directory.Exists(PathOf(id)))
                return false;
            _readers[id] = _readers.GetValueOrDefault(id) + 1;
            return true;
        }
    }

    /// <summary>Ends what <see cref="TryHold"/> began.</summary>
    internal void Release(string id)
    {
        lock (_gate)
        {
            if (--_readers[id] > 0)
                return;
            _readers.Remove(id);
            if (!_doomed.Remove(id))
                return;
        }

        Remove(id);
    }

    /// <summary>Takes a folder away, now or when its last reader has ended.</summary>
    internal void Remove(string id)
    {
        string away;
        lock (_gate)
        {
            if (_readers.ContainsKey(id))
            {
                _doomed.Add(id);
                return;
            }

            // In one step, so that no reader finds half of it; what a crash leaves there goes at the next start.
            away = folder.NewTemporaryPath();
            try
            {
                Directory.Move(PathOf(id), away);
            }
            catch (DirectoryNotFoundException)
            {
                return;
            }
        }

        Directory.Delete(away, recursive: true);
    }
}
