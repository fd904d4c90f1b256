using Microsoft.Win32.SafeHandles;

namespace Maskwright.ObjectStore;

/// <summary>
/// An object on its way in: written beside the others and moved to its place in one step once it is whole, so that readers
/// see the old one or the new one. Disposing it before that leaves nothing behind.
/// </summary>
internal sealed class IncomingFile : IDisposable
{
    private const int BufferBytes = StoreBuffers.BlockBytes;
    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly DurableFolder _folder;
    private readonly RunningMd5 _md5;
    private Task _hashing = Task.CompletedTask;
    private bool _moved;

    /// <summary>Begins a file.</summary>
    /// <param name="folder">The store's folder.</param>
    /// <param name="lanes">Where the content's MD5 is computed.</param>
    internal IncomingFile(DurableFolder folder, Md5Lanes lanes)
    {
        _folder = folder;
        _md5 = new RunningMd5(lanes);
        _path = folder.NewTemporaryPath();
        _handle = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.Write, FileShare.Delete);
    }

    /// <summary>Bytes of content so far.</summary>
    internal long Size { get; private set; }

    /// <summary>Appends what <paramref name="read"/> gives until it gives nothing.</summary>
    /// <param name="read">Fills a buffer, less than whole only at the end.</param>
    /// <param name="maximum">The most bytes the file may have.</param>
    /// <exception cref="S3Exception">The content is too long.</exception>
    internal async Task AppendAsync(Func<Memory<byte>, ValueTask<int>> read, long maximum)
    {
        // While one buffer is hashed the other is filled and written.
        using var first = StoreBuffers.Shared.Rent();
        using var second = StoreBuffers.Shared.Rent();
        var (filling, hashed) = (first.Memory, second.Memory);
        try
        {
            while (true)
            {
                var count = await read(filling);
                if (count > maximum - Size)
                    throw S3Exception.EntityTooLarge(maximum);
                RandomAccess.Write(_handle, filling.Span[..count], Size);
                _folder.BeginFlush(_handle, Size, count);
                Size += count;
                await _hashing;
                if (count < BufferBytes)
                {
                    _md5.Append(filling.Span[..count]);
                    return;
                }

                (filling, hashed) = (hashed, filling);
                _hashing = _md5.AppendAsync(hashed);
            }
        }
        finally
        {
            await _hashing;
        }
    }

    /// <summary>Appends a body, read to its end.</summary>
    /// <exception cref="S3Exception">The body is too long or not what was promised.</exception>
    internal Task AppendAsync(Stream body, long maximum, CancellationToken cancellationToken) =>
        AppendAsync(buffer => body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken), maximum);

    /// <summary>Appends a range of another object.</summary>
    internal Task AppendAsync(ObjectFile source, ByteRange range, long maximum, CancellationToken cancellationToken)
    {
        var (offset, left) = range;
        return AppendAsync(
            buffer =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                var wanted = (int)Math.Min(buffer.Length, left);
                for (var filled = 0; filled < wanted;)
                {
                    var count = source.Read(buffer.Span[filled..wanted], offset);
                    if (count == 0)
                        throw new InvalidDataException($"The object '{source.Record.Key}' ended while it was copied.");
                    filled += count;
                    offset += count;
                    left -= count;
                }

                return ValueTask.FromResult(wanted);
            },
            maximum);
    }

    /// <summary>The MD5 of the content, which S3 uses as its tag. To be called once, when the content is whole.</summary>
    internal byte[] FinishMd5() => _md5.Finish();

    /// <summary>Adds the record and brings all of it to the disk. The file is then ready to be moved.</summary>
    internal void Seal(ObjectRecord record)
    {
        RandomAccess.Write(_handle, ObjectFile.Footer(record), Size);
        _folder.FlushFile(_handle);
        _handle.Dispose();
    }

    /// <summary>Moves the sealed file to its place, replacing what was there.</summary>
    internal void MoveTo(string root, string relativePath)
    {
        _folder.Place(_path, root, relativePath);
        _moved = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle.Dispose();
        if (!_moved)
            File.Delete(_path);
    }
}
