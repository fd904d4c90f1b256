using System.Diagnostics;

namespace Maskwright.Trainer;

/// <summary>What this process takes of the machine.</summary>
internal sealed class ProcessUsage(TimeProvider time)
{
    private readonly Process _process = Process.GetCurrentProcess();
    private TimeSpan _lastCpu = Process.GetCurrentProcess().TotalProcessorTime;
    private long _lastTime = time.GetTimestamp();

    /// <summary>Measures memory now, and the load since the last time.</summary>
    /// <param name="add">Takes names and values.</param>
    public void Measure(Action<string, double> add)
    {
        _process.Refresh();
        add("process/memory_bytes", _process.WorkingSet64);
        add("process/memory_peak_bytes", _process.PeakWorkingSet64);
        add("process/memory_managed_bytes", GC.GetTotalMemory(forceFullCollection: false));
        var (cpu, now) = (_process.TotalProcessorTime, time.GetTimestamp());
        double seconds = time.GetElapsedTime(_lastTime, now).TotalSeconds;
        if (seconds > 0)
            add("process/cpu_cores", (cpu - _lastCpu).TotalSeconds / seconds);
        (_lastCpu, _lastTime) = (cpu, now);
    }
}
