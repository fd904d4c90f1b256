using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Maskwright.ObjectStore;

/// <summary>
/// An object's file, open for reading. Content and record are one file, so that one rename replaces both: the content, then
/// the record as JSON, its length in four bytes (little-endian), and eight bytes that mark the form. The content of an object
/// that was uploaded in parts lies in the files of its parts instead, which have the same form.
/// </summary>
internal sealed class ObjectFile : IDisposable
{
    private const int TailBytes = 12;
    private const int MaxRecordBytes = 1024 * 1024;
    private readonly SafeFileHandle _handle;
    private readonly PartFolders _folders;
    private (int Index, long Start, ObjectFile File)? _part;

    private ObjectFile(SafeFileHandle handle, ObjectRecord record, PartFolders folders)
    {
        _handle = handle;
        _folders = folders;
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
    /// <exception cref="DamagedFileException">The file is not of this form, or its parts are missing.</exception>
    internal static ObjectFile? TryOpen(string path, PartFolders folders)
    {
        for (string? missing = null; ;)
        {
            if (OpenHandle(path) is not { } handle)
                return null;
            try
            {
                var record = ReadRecord(handle, path);
                if (record.Parts is not { } parts || folders.TryHold(parts.Folder))
                    return new ObjectFile(handle, record, folders);
                // Replaced since its record was read: what replaced it refers to other parts.
                if (missing == parts.Folder)
                    throw Damaged(path);
                missing = parts.Folder;
            }
            catch
            {
                handle.Dispose();
                throw;
            }

            handle.Dispose();
        }
    }

    /// <summary>Reads what is kept about an object without opening its content.</summary>
    internal static ObjectRecord? TryReadRecord(string path)
    {
        using var handle = OpenHandle(path);
        return handle is null ? null : ReadRecord(handle, path);
    }

    /// <summary>Reads content.</summary>
    /// <param name="buffer">Where to; not filled beyond the content's end.</param>
    /// <param name="offset">From which byte of the content.</param>
    internal int Read(Span<byte> buffer, long offset)
    {
        if (Record.Parts is { } parts)
            return ReadPart(parts, buffer, offset);
        var count = (int)Math.Min(buffer.Length, Record.Size - offset);
        return count <= 0 ? 0 : RandomAccess.Read(_handle, buffer[..count], offset);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle.Dispose();
        _part?.File.Dispose();
        if (Record.Parts is { } parts)
            _folders.Release(parts.Folder);
    }

    private int ReadPart(PartList parts, Span<byte> buffer, long offset)
    {
        if (_part is not { } part || offset < part.Start || offset >= part.Start + part.File.Record.Size)
        {
            if (parts.IndexOf(offset) is not var (index, start))
                return 0;
            _part?.File.Dispose();
            _part = null;
            var path = _folders.PathOf(parts.Folder, parts.Numbers[index]);
            var file = TryOpen(path, _folders) ?? throw Damaged(path);
            _part = part = (index, start, file);
            if (file.Record.Size != parts.Sizes[index])
                throw Damaged(path);
        }

        return part.File.Read(buffer, offset - part.Start);
    }

    private static SafeFileHandle? OpenHandle(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

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
        var json = tail.AsSpan(0, tail.Length - TailBytes);
        if (size > json.Length)
        {
            json = new byte[size];
            ReadExactly(handle, json, length - TailBytes - size, path);
        }

        try
        {
            var record = JsonSerializer.Deserialize(json[^size..], StoreJson.Default.ObjectRecord);
            var content = record?.Parts is null ? record?.Size : 0;
            return content == length - TailBytes - size ? record! : throw Damaged(path);
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

    private static DamagedFileException Damaged(string path, Exception? cause = null) =>
        new(path, "delete the object and store it again", cause);
}
