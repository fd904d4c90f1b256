using Maskwright.Artifacts;

namespace Maskwright.Datasets;

/// <summary>The files of a folder. Links are followed as long as they stay within it.</summary>
internal sealed class FolderFiles : SourceFiles
{
    private readonly string _root;

    /// <param name="folder">The folder.</param>
    /// <exception cref="DatasetException">There is none.</exception>
    public FolderFiles(string folder)
    {
        var full = Path.GetFullPath(folder);
        if (!Directory.Exists(full))
        {
            throw new DatasetException(DatasetFailure.SourceNotFound, File.Exists(full)
                ? $"{full} is a file. Give a folder, or a .zip."
                : $"The folder {full} does not exist. Give a folder that this program can read.");
        }

        _root = RealPath.Of(full);
    }

    public override string Name => _root;

    public override bool Contains(string name) => RealPath.IsPlainRelative(name) && File.Exists(Path.Combine(_root, name));

    public override long Length(string name) => Contains(name) ? new FileInfo(Path.Combine(_root, name)).Length : 0;

    public override IEnumerable<string> FilesIn(string folder) => NamesIn(folder, Directory.EnumerateFiles);

    public override IEnumerable<string> FoldersIn(string folder) => NamesIn(folder, Directory.EnumerateDirectories);

    public override Task<FileBytes> ReadAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = Resolve(name);
        try
        {
            // Without waiting: a thread of the pool would do the same in between, and this is one.
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            var length = RandomAccess.GetLength(file);
            if (length > ShardReader.MaxFileBytes)
                throw new ImageProblemException($"the file has {length} bytes, at most {ShardReader.MaxFileBytes} are taken");
            var bytes = new FileBytes((int)length);
            for (var done = 0; done < length;)
            {
                var read = RandomAccess.Read(file, bytes.Span[done..], done);
                done += read > 0 ? read : throw new EndOfStreamException("it became shorter while it was read");
            }

            return Task.FromResult(bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ImageProblemException($"it cannot be read: {error.Message}", error);
        }
    }

    public override Task<Stream> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var path = Resolve(name);
        try
        {
            return Task.FromResult<Stream>(new FileStream(path, new FileStreamOptions
            {
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = 0,
            }));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ImageProblemException($"it cannot be read: {error.Message}", error);
        }
    }

    private string Resolve(string name)
    {
        if (!RealPath.IsPlainRelative(name))
            throw new ImageProblemException("its name is not a plain path below the folder; such names are refused");
        var real = RealPath.Of(Path.Combine(_root, name));
        return RealPath.IsInside(_root, real)
            ? real
            : throw new ImageProblemException($"it is, or lies behind, a link to {real}, outside the folder; put the file itself there");
    }

    private IEnumerable<string> NamesIn(string folder, Func<string, IEnumerable<string>> enumerate)
    {
        var path = Path.Combine(_root, folder);
        return Directory.Exists(path) ? enumerate(path).Select(found => Path.GetFileName(found)) : [];
    }
}
