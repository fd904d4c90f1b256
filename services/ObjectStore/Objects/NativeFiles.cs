using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Maskwright.ObjectStore;

/// <summary>What the base library does not offer: flushing folders, and flushing files ahead of time.</summary>
internal static partial class NativeFiles
{
    private const int SyncFileRangeWrite = 2;

    /// <summary>Brings a folder's entries to the disk. One that was taken away meanwhile has nothing to keep.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    internal static void FlushFolder(string path)
    {
        // Windows keeps entries by itself.
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(path, 0);
        if (descriptor < 0)
            return;
        var failed = Fsync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failed)
            throw new IOException($"fsync of the folder {path} failed: {Marshal.GetPInvokeErrorMessage(error)}.", error);
    }

    /// <summary>Begins to write a range of a file to the disk and does not wait for it; a hint, so that its result does not matter.</summary>
    internal static void BeginWriting(SafeFileHandle handle, long offset, long count)
    {
        if (OperatingSystem.IsLinux())
            _ = SyncFileRange(handle, offset, count, SyncFileRangeWrite);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeFileHandle handle, long offset, long count, uint flags);
}
