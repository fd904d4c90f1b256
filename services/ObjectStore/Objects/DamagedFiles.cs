using System.Collections.Concurrent;

namespace Maskwright.ObjectStore;

/// <summary>A file of the store that is not what the store wrote.</summary>
/// <param name="path">The file.</param>
/// <param name="cure">What to do about it.</param>
/// <param name="cause">How it was noticed, or null.</param>
internal sealed class DamagedFileException(string path, string cure, Exception? cause = null)
    : Exception($"The file {path} was damaged from outside: {cure}.", cause)
{
    /// <summary>The file.</summary>
    internal string Path { get; } = path;
}

/// <summary>
/// Damaged files that were met on the way to something else, such as a listing, which goes on without them. Each is told of
/// once, and counted as long as it is there unchanged.
/// </summary>
internal sealed partial class DamagedFiles(ILogger<DamagedFiles> logger)
{
    private const int Most = 100;
    private readonly ConcurrentDictionary<string, DateTime> _files = new(StringComparer.Ordinal);

    /// <summary>Tells of one.</summary>
    /// <param name="what">What it is of, such as <c>bucket/key</c>.</param>
    /// <param name="error">What is wrong with it.</param>
    internal void Report(string what, DamagedFileException error)
    {
        if (_files.Count < Most && _files.TryAdd(error.Path, File.GetLastWriteTimeUtc(error.Path)))
            LogDamaged(what, error.Message);
    }

    /// <summary>How many are known (at most 100); those that were replaced or deleted since are forgotten.</summary>
    internal int Count()
    {
        foreach (var (path, written) in _files)
        {
            if (File.GetLastWriteTimeUtc(path) != written)
                _files.TryRemove(path, out _);
        }

        return _files.Count;
    }

    [LoggerMessage(1, LogLevel.Error, "{What} is left out: {Message}")]
    private partial void LogDamaged(string what, string message);
}
