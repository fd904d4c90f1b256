using System.Diagnostics;

namespace Maskwright.Benchmarks;

/// <summary>The most memory this process had resident since a moment, as the kernel kept it.</summary>
internal static class PeakMemory
{
    /// <summary>Gives back what is free and begins to watch. Only Linux keeps a peak that can begin anew; elsewhere it is the process's whole life.</summary>
    public static void Reset()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (OperatingSystem.IsLinux())
            File.WriteAllText("/proc/self/clear_refs", "5");
    }

    /// <summary>The peak in MB (10^6 bytes).</summary>
    public static double Megabytes()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 / 1e6;
    }
}
