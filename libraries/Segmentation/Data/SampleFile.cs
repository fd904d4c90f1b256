using System.IO.MemoryMappedFiles;

namespace Maskwright.Segmentation;

/// <summary>Bytes in a temporary file, first written and then read through a mapping.</summary>
internal sealed class SampleFile : IDisposable
{
    private readonly string _folder;
    private readonly FileStream _file;
    private MemoryMappedFile? _map;
    private MemoryMappedViewAccessor? _view;
    private long _length;

    /// <param name="folder">Where it is made.</param>
    /// <exception cref="IOException">It can't be made there.</exception>
    public SampleFile(string folder)
    {
        _folder = folder;
        var path = Path.Combine(folder, "maskwright-samples-" + Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        _file = new FileStream(path, options);

        // Without a name it goes with the process, however that ends.
        File.Delete(path);
    }

    /// <summary>Adds bytes.</summary>
    /// <returns>Where they are.</returns>
    /// <exception cref="IOException">There is no room; the message names the folder and the cure.</exception>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            // Written and not mapped: a mapping kills the process when the disk is full.
            RandomAccess.Write(_file.SafeFileHandle, bytes, _length);
        }
        catch (IOException exception)
        {
            throw new IOException(
                $"The decoded cache has {_length} bytes in {_folder} and found no room for more. Make room there, set TMPDIR to a larger disk, or lower Trainer__CacheFileBytes. {exception.Message}", exception);
        }

        var start = _length;
        _length += bytes.Length;
        return start;
    }

    /// <summary>Ends writing.</summary>
    public void Map()
    {
        _map = MemoryMappedFile.CreateFromFile(_file, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>Reads bytes; by any number of threads, once it is mapped.</summary>
    /// <param name="start">Where they are.</param>
    /// <param name="length">How many.</param>
    public byte[] Read(long start, int length)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        _view!.SafeMemoryMappedViewHandle.ReadSpan((ulong)start, bytes.AsSpan());
        return bytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view?.Dispose();
        _map?.Dispose();
        _file.Dispose();
    }
}
