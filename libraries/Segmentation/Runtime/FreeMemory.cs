using System.Runtime.InteropServices;

namespace Maskwright.Segmentation;

/// <summary>Memory that is free but still held, by .NET or by libc.</summary>
internal static partial class FreeMemory
{
    /// <summary>
    /// Gives it back to the system. Training and validation leave gaps of different sizes between what stays; without this a
    /// process that keeps its heap (<see cref="ComputeProcess"/>) grows for dozens of epochs. Takes a tenth of a second.
    /// </summary>
    public static void Return()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        if (OperatingSystem.IsLinux())
        {
            _ = Trim(0);
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Trim(nuint keep);
}
