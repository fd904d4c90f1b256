using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Maskwright.ObjectStore;

/// <summary>
/// An object on its way in: written beside the others and moved to its place in one step once it is whole, so that readers
/// see the old one or the new one. Disposing it before that leaves nothing behind.
/// </summary>
internal sealed class IncomingFile : IDisposable
{
    private const int BufferBytes = 128 * 1024;
    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly DurableFolder _folder;
    private readonly IncrementalHash _md5 = NewMd5();
    private bool _moved;

    /// <summary>Begins a file.</summary>
    /// <param name="folder">The store's folder.</param>
    internal IncomingFile(DurableFolder folder)
    {
        _folder = folder;
        _path = folder.NewTemporaryPath();
        _handle = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.Write, FileShare.Delete);
    }

    /// <summary>Bytes of content so far.</summary>
    internal long Size { get; private set; }

    /// <summary>Appends a body.</summary>
    /// <param name="body">The body, read to its end.</param>
    /// <param name="maximum">The most bytes the file may have.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="S3Exception">The body is too long or not what was promised.</exception>
    internal async Task AppendAsync(Stream body, long maximum, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (true)
            {
                // Filled whole before it is written: the network gives little at a time.
                var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
                Append(buffer.AsSpan(0, read), maximum);
                if (read < buffer.Length)
                    return;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Appends a range of another object.</summary>
    internal void Append(ObjectFile source, long offset, long length, long maximum, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (var done = 0L; done < length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = source.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done)), offset + done);
                if (read == 0)
                    throw new InvalidDataException($"The object '{source.Record.Key}' ended while it was copied.");
                Append(buffer.AsSpan(0, read), maximum);
                done += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The MD5 of the content, which S3 uses as its tag. To be called once, when the content is whole.</summary>
    internal byte[] FinishMd5() => _md5.GetHashAndReset();

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
        _md5.Dispose();
        if (!_moved)
            File.Delete(_path);
    }

    // S3 defines the tag as MD5; nothing here trusts it.
#pragma warning disable CA5351
    private static IncrementalHash NewMd5() => IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351

    private void Append(ReadOnlySpan<byte> bytes, long maximum)
    {
        if (bytes.Length > maximum - Size)
            throw S3Exception.EntityTooLarge(maximum);
        RandomAccess.Write(_handle, bytes, Size);
        _md5.AppendData(bytes);
        Size += bytes.Length;
    }
}
