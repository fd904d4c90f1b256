using System.Diagnostics;

namespace Maskwright.Trainer;

/// <summary>What this process takes of the machine.</summary>
internal sealed class ProcessUsage(TimeProvider time)
{
    private TimeSpan _lastCpu = Environment.CpuUsage.TotalTime;
    private long _lastTime = time.GetTimestamp();

    /// <summary>Measures memory now, and the load since the last time.</summary>
    /// <param name="add">Takes names and values.</param>
    public void Measure(Action<string, double> add)
    {
        using var process = Process.GetCurrentProcess();
        add("process/memory_bytes", process.WorkingSet64);
        add("process/memory_peak_bytes", process.PeakWorkingSet64);
        add("process/memory_managed_bytes", GC.GetTotalMemory(forceFullCollection: false));
        var (cpu, now) = (Environment.CpuUsage.TotalTime, time.GetTimestamp());
        double seconds = time.GetElapsedTime(_lastTime, now).TotalSeconds;
        if (seconds > 0)
            add("process/cpu_cores", (cpu - _lastCpu).TotalSeconds / seconds);
        (_lastCpu, _lastTime) = (cpu, now);
    }
}
