namespace Maskwright.Trainer;

/// <summary>
/// What runs have reported and the collector does not have yet, on disk: a folder a run, in it a folder a process, in it
/// numbered segments. Names sort in the order of writing.
/// </summary>
/// <param name="directory">Where it lies; made when it is missing.</param>
internal sealed class MetricsSpool(string directory)
{
    /// <summary>Where it lies.</summary>
    public string Directory { get; } = System.IO.Directory.CreateDirectory(directory).FullName;

    /// <summary>Ids of the runs that have a folder.</summary>
    public IEnumerable<string> Runs => System.IO.Directory.EnumerateDirectories(Directory).Select(folder => Path.GetFileName(folder));

    /// <summary>Paths of a run's segments in order; the last ones may still be written to.</summary>
    public IReadOnlyList<string> Segments(string run)
    {
        string folder = Path.Combine(Directory, run);
        return System.IO.Directory.Exists(folder)
            ? [.. System.IO.Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>Forgets a run.</summary>
    public void Remove(string run)
    {
        string folder = Path.Combine(Directory, run);
        if (System.IO.Directory.Exists(folder))
            System.IO.Directory.Delete(folder, recursive: true);
    }
}
