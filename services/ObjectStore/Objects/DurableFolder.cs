using Microsoft.Win32.SafeHandles;

namespace Maskwright.ObjectStore;

/// <summary>
/// The folder the store owns: one process at a time, temporary files that never outlive it, and moves that survive a power
/// cut when <c>fsync</c> is on.
/// </summary>
internal sealed class DurableFolder : IDisposable
{
    private const int MaxPlacingAttempts = 100;
    private const long FlushWindowBytes = 8 * 1024 * 1024;
    private readonly FileStream _lock;
    private readonly string _temporary;
    private readonly bool _fsync;

    // Folders are made and taken away one at a time: whoever sees one may rely on it being told of and on the disk.
    private readonly Lock _folders = new();

    /// <summary>Takes the folder, making it when it is not there.</summary>
    /// <exception cref="IOException">Another process has it, or it cannot be written; the message says which.</exception>
    internal DurableFolder(string root, bool fsync)
    {
        _fsync = fsync;
        Root = Path.GetFullPath(root);
        Buckets = Path.Combine(Root, "buckets");
        Uploads = Path.Combine(Root, "uploads");
        Parts = Path.Combine(Root, "parts");
        _temporary = Path.Combine(Root, "tmp");
        foreach (var folder in new[] { Buckets, Uploads, Parts, _temporary })
            Directory.CreateDirectory(folder);
        var path = Path.Combine(Root, "lock");
        try
        {
            _lock = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new IOException($"The data folder {Root} is in use by another object store. Stop that one, or set ObjectStore:DataDirectory to another folder.", error);
        }

        // What a killed process was writing or taking away.
        Directory.Delete(_temporary, recursive: true);
        Directory.CreateDirectory(_temporary);
        FlushFolder(Root);
    }

    internal string Root { get; }

    /// <summary>The objects, a folder a bucket.</summary>
    internal string Buckets { get; }

    /// <summary>An empty file for each upload that is open.</summary>
    internal string Uploads { get; }

    /// <summary>The parts of uploads that are open, and of objects that were uploaded so.</summary>
    internal string Parts { get; }

    /// <summary>The entries of the buckets' folders.</summary>
    internal FolderNames Names { get; } = new();

    /// <summary>A path for a file that does not exist yet, on the same file system as all others.</summary>
    internal string NewTemporaryPath() => Path.Combine(_temporary, Guid.NewGuid().ToString("n"));

    /// <summary>Bytes that can still be written.</summary>
    internal long FreeBytes() => new DriveInfo(Root).AvailableFreeSpace;

    /// <summary>Lets the disk begin with what was written, so that little is left to wait for at the end of a large file.</summary>
    internal void BeginFlush(SafeFileHandle handle, long offset, long count)
    {
        var window = (offset + count) / FlushWindowBytes;
        if (_fsync && window > offset / FlushWindowBytes)
            NativeFiles.BeginWriting(handle, (window - 1) * FlushWindowBytes, FlushWindowBytes);
    }

    /// <summary>Brings a file's content to the disk.</summary>
    internal void FlushFile(SafeFileHandle handle)
    {
        if (_fsync)
            RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Moves a finished file below <paramref name="root"/>, replacing what was there, and makes the folders it needs.</summary>
    /// <exception cref="S3Exception">The root is gone.</exception>
    internal void Place(string source, string root, string relativePath)
    {
        var target = Path.Combine(root, relativePath);
        var parent = Path.GetDirectoryName(target)!;
        for (var attempt = 1; ; attempt++)
        {
            MakeFolders(root, parent);
            try
            {
                File.Move(source, target, overwrite: true);
                break;
            }
            catch (DirectoryNotFoundException) when (attempt < MaxPlacingAttempts)
            {
                // A delete took the empty folder away in between: make it again.
            }
        }

        Names.Changed(target, isFolder: false, exists: true);
        FlushFolder(parent);
    }

    /// <summary>Deletes a file and the folders this leaves empty, up to <paramref name="root"/>.</summary>
    internal void Remove(string root, string relativePath)
    {
        var path = Path.Combine(root, relativePath);
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }

        Names.Changed(path, isFolder: false, exists: false);
        var folder = Path.GetDirectoryName(path)!;
        lock (_folders)
        {
            while (folder.Length > root.Length && TryRemoveEmpty(folder))
            {
                Names.Changed(folder, isFolder: true, exists: false);
                folder = Path.GetDirectoryName(folder)!;
            }
        }

        FlushFolder(folder);
    }

    /// <summary>Makes a folder of the store.</summary>
    internal void MakeFolder(string path)
    {
        Directory.CreateDirectory(path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Takes an empty folder of the store away.</summary>
    /// <exception cref="IOException">It is not empty or not there.</exception>
    internal void RemoveFolder(string path)
    {
        lock (_folders)
            Directory.Delete(path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Brings a folder's entries to the disk.</summary>
    internal void FlushFolder(string path)
    {
        if (_fsync)
            NativeFiles.FlushFolder(path);
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private void MakeFolders(string root, string folder)
    {
        lock (_folders)
        {
            var missing = new Stack<string>();
            for (var path = folder; path.Length > root.Length && !Directory.Exists(path); path = Path.GetDirectoryName(path)!)
                missing.Push(path);
            // Only below the root: a bucket that was deleted meanwhile must not come back.
            if (!Directory.Exists(root))
                throw S3Exception.NoSuchBucket(Path.GetFileName(root));
            while (missing.TryPop(out var path))
            {
                Directory.CreateDirectory(path);
                Names.Changed(path, isFolder: true, exists: true);
                FlushFolder(Path.GetDirectoryName(path)!);
            }
        }
    }

    private static bool TryRemoveEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (IOException)
        {
            // It holds something, or is gone: either way there is nothing to do here or above.
            return false;
        }
    }
}
