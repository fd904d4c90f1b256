using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Maskwright.ObjectStore;

/// <summary>
/// The folder the store owns: one process at a time, temporary files that never outlive it, and moves that survive a power
/// cut when <c>fsync</c> is on.
/// </summary>
internal sealed partial class DurableFolder : IDisposable
{
    private const int MaxPlacingAttempts = 100;
    private readonly FileStream _lock;
    private readonly string _temporary;
    private readonly bool _fsync;

    /// <summary>Takes the folder, making it when it is not there.</summary>
    /// <exception cref="IOException">Another process has it, or it cannot be written; the message says which.</exception>
    internal DurableFolder(string root, bool fsync)
    {
        _fsync = fsync;
        Root = Path.GetFullPath(root);
        Buckets = Path.Combine(Root, "buckets");
        Uploads = Path.Combine(Root, "uploads");
        _temporary = Path.Combine(Root, "tmp");
        Directory.CreateDirectory(Buckets);
        Directory.CreateDirectory(Uploads);
        Directory.CreateDirectory(_temporary);
        var path = Path.Combine(Root, "lock");
        try
        {
            _lock = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new IOException($"The data folder {Root} is in use by another object store. Stop that one, or set ObjectStore:DataDirectory to another folder.", error);
        }

        // What a killed process was writing.
        foreach (var leftover in Directory.EnumerateFiles(_temporary))
            File.Delete(leftover);
    }

    internal string Root { get; }

    internal string Buckets { get; }

    internal string Uploads { get; }

    /// <summary>A path for a file that does not exist yet, on the same file system as all others.</summary>
    internal string NewTemporaryPath() => Path.Combine(_temporary, Guid.NewGuid().ToString("n"));

    /// <summary>Brings a file's content to the disk.</summary>
    internal void FlushFile(SafeFileHandle handle)
    {
        if (_fsync)
            RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Moves a finished file below <paramref name="root"/>, replacing what was there, and makes the folders it needs.</summary>
    internal void Place(string source, string root, string relativePath)
    {
        var target = Path.Combine(root, relativePath);
        var parent = Path.GetDirectoryName(target)!;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var made = MakeFolders(root, parent);
                File.Move(source, target, overwrite: true);
                foreach (var folder in made)
                    FlushFolder(folder);
                FlushFolder(parent);
                return;
            }
            catch (DirectoryNotFoundException) when (attempt < MaxPlacingAttempts && Directory.Exists(root))
            {
                // A delete took the empty folder away in between: make it again.
            }
        }
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

        var folder = Path.GetDirectoryName(path)!;
        while (folder.Length > root.Length && TryRemoveEmpty(folder))
            folder = Path.GetDirectoryName(folder)!;
        if (Directory.Exists(folder))
            FlushFolder(folder);
    }

    /// <summary>Brings a folder's entries to the disk.</summary>
    internal void FlushFolder(string path)
    {
        if (!_fsync || OperatingSystem.IsWindows())
            return;
        var descriptor = Open(path, 0);
        // A folder that a delete took away meanwhile has nothing to keep.
        if (descriptor < 0)
            return;
        var failed = Fsync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failed)
            throw new IOException($"fsync of the folder {path} failed: {Marshal.GetPInvokeErrorMessage(error)}.", error);
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    // The folders whose own entries changed.
    private static List<string> MakeFolders(string root, string folder)
    {
        var changed = new List<string>();
        for (var path = folder; path.Length > root.Length && !Directory.Exists(path); path = Path.GetDirectoryName(path)!)
            changed.Add(Path.GetDirectoryName(path)!);
        // Only below the root: a bucket that was deleted meanwhile must not come back.
        if (!Directory.Exists(root))
            throw S3Exception.NoSuchBucket(Path.GetFileName(root));
        if (changed.Count > 0)
            Directory.CreateDirectory(folder);
        return changed;
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

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
