using System.Buffers.Binary;
using System.IO.Compression;
using Maskwright.Artifacts;
using Microsoft.Win32.SafeHandles;

namespace Maskwright.Datasets;

/// <summary>The files of a zip, read in place. One handle serves any number of threads: every read names its place.</summary>
internal sealed class ZipFiles : SourceFiles
{
    private const int LocalHeaderLength = 30;
    private const uint LocalHeaderSignature = 0x04034b50;

    private readonly SafeFileHandle _archive;
    private readonly Dictionary<string, ZipEntry> _entries;

    /// <param name="path">The archive.</param>
    /// <exception cref="DatasetException">It is no zip, or damaged.</exception>
    public ZipFiles(string path)
    {
        Name = path;
        _archive = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.Asynchronous | FileOptions.RandomAccess);
        try
        {
            _entries = ZipDirectory.Read(_archive);
        }
        catch (InvalidDataException error)
        {
            _archive.Dispose();
            throw new DatasetException(DatasetFailure.BadSource, $"{path}: {error.Message}.", error);
        }
    }

    public override string Name { get; }

    public override bool Contains(string name) => _entries.ContainsKey(name);

    public override long Length(string name) => _entries.TryGetValue(name, out var entry) ? entry.Length : 0;

    public override IEnumerable<string> FilesIn(string folder) => FileNames.FilesIn(folder, _entries.Keys);

    public override IEnumerable<string> FoldersIn(string folder) => FileNames.FoldersIn(folder, _entries.Keys);

    public override async Task<FileBytes> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var length = Length(name);
        if (length > ShardReader.MaxFileBytes)
            throw new ImageProblemException($"the file has {length} bytes, at most {ShardReader.MaxFileBytes} are taken");
        try
        {
            await using var content = await OpenAsync(name, cancellationToken);
            var bytes = new FileBytes((int)length);
            await content.ReadExactlyAsync(bytes.Memory, cancellationToken);
            // At its end the stream checks the sum.
            await content.CopyToAsync(Stream.Null, cancellationToken);
            return bytes;
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw new ImageProblemException($"its data in the zip is damaged: {error.Message}", error);
        }
    }

    public override async Task<Stream> OpenAsync(string name, CancellationToken cancellationToken)
    {
        if (!_entries.TryGetValue(name, out var entry))
            throw new ImageProblemException("there is no such file in the zip");
        if (entry.IsEncrypted || entry.Method is not (0 or 8))
            throw new ImageProblemException(entry.IsEncrypted ? "it is encrypted; zips are read without a password" : $"it is compressed by the method {entry.Method}; stored and deflated files are read");
        var stretch = new ArchiveStretch(_archive, await DataOffsetAsync(entry, cancellationToken), entry.CompressedLength);
        return new CheckedEntryStream(entry.Method == 0 ? stretch : new DeflateStream(stretch, CompressionMode.Decompress), entry);
    }

    public override ValueTask DisposeAsync()
    {
        _archive.Dispose();
        return base.DisposeAsync();
    }

    // Only the local header says where the data begins: its extra field may differ from the directory's.
    private async Task<long> DataOffsetAsync(ZipEntry entry, CancellationToken cancellationToken)
    {
        var header = new byte[LocalHeaderLength];
        var read = await RandomAccess.ReadAsync(_archive, header, entry.Offset, cancellationToken);
        if (read < header.Length || BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalHeaderSignature)
            throw new ImageProblemException("its place in the zip is damaged; fetch the file again");
        var data = entry.Offset + LocalHeaderLength
            + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26)) + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
        return data <= RandomAccess.GetLength(_archive) - entry.CompressedLength
            ? data
            : throw new ImageProblemException("its place in the zip is damaged; fetch the file again");
    }
}
