using Microsoft.Win32.SafeHandles;

namespace Maskwright.Datasets;

/// <summary>
/// Regions of annotations as they stand in their file, kept in a temporary file, so that memory holds only where each
/// lies. One thread appends; then any number may read.
/// </summary>
internal sealed class RegionStore : IDisposable
{
    private const int BlockSize = 1 << 18;

    private readonly SafeFileHandle _file;
    private readonly byte[] _block = new byte[BlockSize];
    private long _written;
    private int _filled;

    private readonly string _folder;

    /// <param name="folder">Where the file is made; it is gone when this is disposed, or the process ends.</param>
    public RegionStore(string folder)
    {
        _folder = folder;
        var path = Path.Combine(folder, $"maskwright-regions-{Guid.NewGuid():n}");
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);

        // Without a name it goes with the process, however that ends.
        File.Delete(path);
    }

    /// <summary>Keeps a region.</summary>
    /// <returns>Where it lies.</returns>
    /// <exception cref="DatasetException">There is no room for it.</exception>
    public long Append(ReadOnlySpan<byte> region)
    {
        var offset = _written + _filled;
        if (region.Length > BlockSize - _filled)
            Flush();
        if (region.Length > BlockSize)
        {
            Write(region);
            return offset;
        }

        region.CopyTo(_block.AsSpan(_filled));
        _filled += region.Length;
        return offset;
    }

    /// <summary>Writes what is left of the last block; to be called before reading.</summary>
    /// <exception cref="DatasetException">There is no room for it.</exception>
    public void Flush()
    {
        Write(_block.AsSpan(0, _filled));
        _filled = 0;
    }

    /// <summary>Reads a region back.</summary>
    /// <param name="offset">Where it lies.</param>
    /// <param name="region">As long as the region.</param>
    /// <exception cref="EndOfStreamException">The file was tampered with.</exception>
    public void Read(long offset, Span<byte> region)
    {
        for (var done = 0; done < region.Length;)
        {
            var read = RandomAccess.Read(_file, region[done..], offset + done);
            done += read > 0 ? read : throw new EndOfStreamException("The temporary file of regions ends too early; something else has changed it.");
        }
    }

    public void Dispose() => _file.Dispose();

    private void Write(ReadOnlySpan<byte> regions)
    {
        try
        {
            RandomAccess.Write(_file, regions, _written);
            _written += regions.Length;
        }
        catch (IOException error)
        {
            throw new DatasetException(DatasetFailure.NoRoom, $"The regions of the annotations found no room in {_folder} after {_written} bytes ({error.Message}). They take as much as the annotation files: make room there, or set TMPDIR of the service to a larger disk.", error);
        }
    }
}
