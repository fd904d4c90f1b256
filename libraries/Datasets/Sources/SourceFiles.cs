namespace Maskwright.Datasets;

/// <summary>
/// Files that are read by name, wherever they are: in a folder, in a zip, in object storage. Names are plain relative
/// paths with <c>/</c>; whatever else a name from outside may be, it is never followed. Any number of threads may read.
/// </summary>
internal abstract class SourceFiles : IAsyncDisposable
{
    /// <summary>What to call the place in a message.</summary>
    public abstract string Name { get; }

    /// <summary>Whether there is a file of this name.</summary>
    /// <param name="name">A plain relative path.</param>
    public abstract bool Contains(string name);

    /// <summary>How many bytes a file has; 0 when there is no such file.</summary>
    /// <param name="name">A plain relative path.</param>
    public abstract long Length(string name);

    /// <summary>The names of the files directly in a folder, without the folder; none when it is not there.</summary>
    /// <param name="folder">A plain relative path; empty for the root.</param>
    public abstract IEnumerable<string> FilesIn(string folder);

    /// <summary>The names of the folders directly in a folder; none when it is not there.</summary>
    /// <param name="folder">A plain relative path; empty for the root.</param>
    public abstract IEnumerable<string> FoldersIn(string folder);

    /// <summary>Reads a whole file. Whoever asks gives its bytes back.</summary>
    /// <param name="name">A plain relative path.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ImageProblemException">It is not there, larger than a shard takes, damaged or out of bounds.</exception>
    public abstract Task<FileBytes> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Opens a file of any size to be read from start to end.</summary>
    /// <param name="name">A plain relative path.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="ImageProblemException">It is not there or out of bounds.</exception>
    public abstract Task<Stream> OpenAsync(string name, CancellationToken cancellationToken);

    /// <summary>Closes what is open.</summary>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A name below a folder, which may be the root.</summary>
    public static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";
}
