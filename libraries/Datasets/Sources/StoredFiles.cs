using Maskwright.Artifacts;

namespace Maskwright.Datasets;

/// <summary>The objects below a prefix in object storage.</summary>
internal sealed class StoredFiles : SourceFiles
{
    private readonly ObjectStorage _storage;
    private readonly string _prefix;
    private readonly Dictionary<string, long> _lengths;

    private StoredFiles(ObjectStorage storage, string prefix, Dictionary<string, long> lengths) =>
        (_storage, _prefix, _lengths) = (storage, prefix, lengths);

    public override string Name => $"s3://{_storage.Options.Bucket}/{_prefix}".TrimEnd('/');

    /// <summary>Lists what is below the prefix.</summary>
    /// <param name="storage">Where it is.</param>
    /// <param name="prefix">What the keys begin with, up to a <c>/</c>; empty for the whole bucket.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="DatasetException">There is nothing.</exception>
    public static async Task<StoredFiles> OpenAsync(ObjectStorage storage, string prefix, CancellationToken cancellationToken)
    {
        var lengths = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var found in storage.ListAsync(prefix, cancellationToken))
            if (RealPath.IsPlainRelative(found.Key[prefix.Length..]))
                lengths.Add(found.Key[prefix.Length..], found.Size);
        return lengths.Count > 0
            ? new StoredFiles(storage, prefix, lengths)
            : throw new DatasetException(DatasetFailure.SourceNotFound, $"There are no objects below s3://{storage.Options.Bucket}/{prefix}. Correct the prefix, or put the files there.");
    }

    public override bool Contains(string name) => _lengths.ContainsKey(name);

    public override long Length(string name) => _lengths.GetValueOrDefault(name);

    public override IEnumerable<string> FilesIn(string folder) => FileNames.FilesIn(folder, _lengths.Keys);

    public override IEnumerable<string> FoldersIn(string folder) => FileNames.FoldersIn(folder, _lengths.Keys);

    public override async Task<FileBytes> ReadAsync(string name, CancellationToken cancellationToken)
    {
        Require(name);
        if (Length(name) > ShardReader.MaxFileBytes)
            throw new ImageProblemException($"the object has {Length(name)} bytes, at most {ShardReader.MaxFileBytes} are taken");
        var bytes = new FileBytes((int)Length(name));
        try
        {
            await using var content = await _storage.OpenReadAsync(_prefix + name, cancellationToken);
            await content.ReadExactlyAsync(bytes.Memory, cancellationToken);
            return await content.ReadAsync(new byte[1], cancellationToken) == 0
                ? bytes
                : throw new ImageProblemException("the object is longer than it was; leave the source alone and prepare again");
        }
        catch (EndOfStreamException error)
        {
            throw new ImageProblemException("the object is shorter than it was; leave the source alone and prepare again", error);
        }
        catch (StorageException error) when (error.Kind is StorageFailure.NotFound)
        {
            throw new ImageProblemException("the object is gone since the source was listed; put it back and prepare again", error);
        }
    }

    public override Task<Stream> OpenAsync(string name, CancellationToken cancellationToken)
    {
        Require(name);
        return _storage.OpenReadAsync(_prefix + name, cancellationToken);
    }

    private void Require(string name)
    {
        if (!Contains(name))
            throw new ImageProblemException("there is no such object");
    }
}
