using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Maskwright.ObjectStore;

/// <summary>
/// An object's file, open for reading. Content and record are one file, so that one rename replaces both: the content, then
/// the record as JSON, its length in four bytes (little-endian), and eight bytes that mark the form.
/// </summary>
internal sealed class ObjectFile : IDisposable
{
    private const int TailBytes = 12;
    private const int MaxRecordBytes = 64 * 1024;
    private readonly SafeFileHandle _handle;

    private ObjectFile(SafeFileHandle handle, ObjectRecord record)
    {
        _handle = handle;
        Record = record;
    }

    private static ReadOnlySpan<byte> Mark => "MWOBJ\0\0\u0001"u8;

    /// <summary>What is kept about the object.</summary>
    internal ObjectRecord Record { get; }

    /// <summary>The bytes that follow the content.</summary>
    internal static byte[] Footer(ObjectRecord record)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(record, StoreJson.Default.ObjectRecord);
        var footer = new byte[json.Length + TailBytes];
        json.CopyTo(footer, 0);
        BinaryPrimitives.WriteInt32LittleEndian(footer.AsSpan(json.Length), json.Length);
        Mark.CopyTo(footer.AsSpan(json.Length + 4));
        return footer;
    }

    /// <summary>Opens an object's file; it stays readable when it is replaced or deleted meanwhile.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="InvalidDataException">The file is not of this form.</exception>
    internal static ObjectFile? TryOpen(string path)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        try
        {
            return new ObjectFile(handle, ReadRecord(handle, path));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads content.</summary>
    /// <param name="buffer">Where to; not filled beyond the content's end.</param>
    /// <param name="offset">From which byte of the content.</param>
    internal int Read(Span<byte> buffer, long offset)
    {
        var count = (int)Math.Min(buffer.Length, Record.Size - offset);
        return count <= 0 ? 0 : RandomAccess.Read(_handle, buffer[..count], offset);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static ObjectRecord ReadRecord(SafeFileHandle handle, string path)
    {
        var length = RandomAccess.GetLength(handle);
        var tail = new byte[(int)Math.Min(length, 1024)];
        ReadExactly(handle, tail, length - tail.Length, path);
        if (tail.Length < TailBytes || !tail.AsSpan(^8..).SequenceEqual(Mark))
            throw Damaged(path);
        var size = BinaryPrimitives.ReadInt32LittleEndian(tail.AsSpan(^TailBytes..));
        if (size is <= 0 or > MaxRecordBytes || size + TailBytes > length)
            throw Damaged(path);
        var json = new byte[size];
        if (size + TailBytes <= tail.Length)
            tail.AsSpan(tail.Length - TailBytes - size, size).CopyTo(json);
        else
            ReadExactly(handle, json, length - TailBytes - size, path);

        try
        {
            var record = JsonSerializer.Deserialize(json, StoreJson.Default.ObjectRecord);
            return record?.Size == length - TailBytes - size ? record : throw Damaged(path);
        }
        catch (JsonException error)
        {
            throw Damaged(path, error);
        }
    }

    private static void ReadExactly(SafeFileHandle handle, Span<byte> buffer, long offset, string path)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(handle, buffer, offset);
            if (read == 0)
                throw Damaged(path);
            buffer = buffer[read..];
            offset += read;
        }
    }

    private static InvalidDataException Damaged(string path, Exception? cause = null) =>
        new($"The file {path} is not a whole object of this store. It was damaged from outside: delete it and store the object again.", cause);
}
