using System.Diagnostics;
using System.Globalization;

namespace Maskwright.Dashboard.Resources;

/// <summary>What a resource's processes use now.</summary>
/// <param name="Cores">Cores kept busy since the last look; null at the first.</param>
/// <param name="Bytes">Resident memory.</param>
public sealed record Usage(double? Cores, long Bytes);

/// <summary>
/// Reads the use of CPU and memory of processes: on Linux of whole process groups, from /proc, elsewhere of the processes alone.
/// It looks only when it is asked, and not more often than is worth it.
/// </summary>
internal sealed class ProcessUsage(TimeProvider time)
{
    private static readonly TimeSpan Validity = TimeSpan.FromMilliseconds(900);
    /// <summary>Linux counts CPU time for user space in hundredths of a second on every architecture .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private readonly Lock _lock = new();
    private Dictionary<int, (double Seconds, long Bytes)> _last = [];
    private Dictionary<int, Usage> _usages = [];
    private long? _lookedAt;

    /// <summary>The use of processes together, by their ids; null when none of them is seen.</summary>
    public Usage? Of(IReadOnlyList<int> processIds)
    {
        lock (_lock)
        {
            Look();
            Usage[] usages = [.. processIds.Where(_usages.ContainsKey).Select(id => _usages[id])];
            return usages.Length == 0 ? null : new Usage(usages.All(usage => usage.Cores is null) ? null : usages.Sum(usage => usage.Cores ?? 0), usages.Sum(usage => usage.Bytes));
        }
    }

    private void Look()
    {
        var elapsed = _lookedAt is { } before ? time.GetElapsedTime(before) : TimeSpan.MaxValue;
        if (elapsed < Validity)
            return;
        var now = OperatingSystem.IsLinux() ? ReadGroups() : ReadProcesses();
        _usages = now.ToDictionary(
            entry => entry.Key,
            entry => new Usage(_lookedAt is not null && _last.TryGetValue(entry.Key, out var last) ? Math.Max(0, entry.Value.Seconds - last.Seconds) / elapsed.TotalSeconds : null, entry.Value.Bytes));
        _last = now;
        _lookedAt = time.GetTimestamp();
    }

    private static Dictionary<int, (double Seconds, long Bytes)> ReadGroups()
    {
        Dictionary<int, (double Seconds, long Bytes)> groups = [];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out _))
                continue;
            try
            {
                // pid (name) state ppid pgrp …; utime and stime are fields 14 and 15, rss is field 24, in pages. See proc(5).
                var text = File.ReadAllText(folder + "/stat");
                var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
                var group = Number(fields[2]);
                var (seconds, bytes) = groups.GetValueOrDefault((int)group);
                groups[(int)group] = (seconds + ((Number(fields[11]) + Number(fields[12])) / TicksPerSecond), bytes + (Number(fields[21]) * Environment.SystemPageSize));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                continue;
            }
        }

        return groups;

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }

    private static Dictionary<int, (double Seconds, long Bytes)> ReadProcesses()
    {
        Dictionary<int, (double Seconds, long Bytes)> processes = [];
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                try
                {
                    processes[process.Id] = (process.TotalProcessorTime.TotalSeconds, process.WorkingSet64);
                }
                catch (Exception hidden) when (hidden is InvalidOperationException or System.ComponentModel.Win32Exception)
                {
                    continue;
                }
            }
        }

        return processes;
    }
}
