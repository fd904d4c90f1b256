using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Maskwright.Artifacts;

/// <summary>A file on its way into storage, read in ranges. Nobody may write to it meanwhile.</summary>
internal sealed class SourceFile : IDisposable
{
    /// <summary>What is read at once: small enough to be digested or sent while it is in the processor's cache.</summary>
    internal const int ReadBytes = 128 * 1024;

    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private readonly DateTime _written;

    /// <summary>Opens the file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal SourceFile(string path)
    {
        _path = path;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        Length = RandomAccess.GetLength(_handle);
        _written = File.GetLastWriteTimeUtc(_handle);
    }

    /// <summary>Its bytes when it was opened.</summary>
    internal long Length { get; }

    /// <summary>Why it gave no more bytes, or null. HTTP clients hide it behind a failure of the connection.</summary>
    internal ExceptionDispatchInfo? Failure { get; private set; }

    /// <summary>Reads the next bytes of a range.</summary>
    /// <exception cref="EndOfStreamException">The file has become shorter.</exception>
    internal int Read(Span<byte> buffer, long offset, long left)
    {
        try
        {
            var read = RandomAccess.Read(_handle, buffer[..(int)Math.Min(buffer.Length, left)], offset);
            return read > 0 ? read : throw new EndOfStreamException($"The file '{_path}' has no longer the {Length} bytes it had: it was cut while it was uploaded. Nothing was stored.");
        }
        catch (Exception error)
        {
            Failure = ExceptionDispatchInfo.Capture(error);
            throw;
        }
    }

    /// <summary>Takes a range into a digest.</summary>
    internal void Digest(IncrementalHash hash, long offset, long size, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            for (int read; size > 0; offset += read, size -= read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                read = Read(buffer.AsSpan(0, ReadBytes), offset, size);
                hash.AppendData(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Sees to it that what was digested is what was sent.</summary>
    /// <exception cref="IOException">The file was written to since it was opened.</exception>
    internal void CheckUnchanged()
    {
        if (File.GetLastWriteTimeUtc(_handle) != _written || RandomAccess.GetLength(_handle) != Length)
            throw new IOException($"The file '{_path}' was changed while it was uploaded. Upload it again when nobody writes to it.");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
