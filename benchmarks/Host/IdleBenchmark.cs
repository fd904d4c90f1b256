using System.Diagnostics;

namespace Maskwright.Benchmarks.Host;

/// <summary>What the engine and the dashboard cost while nothing happens.</summary>
internal static class IdleBenchmark
{
    private const int Windows = 3;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    public static Benchmark Benchmark { get; } = new(
        "host.idle", "resident memory and processor time of the AppHost's process (engine and dashboard) while all services run and nothing is asked of them", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using var host = await RunningAppHost.StartAsync(cancellationToken);
        await Task.Delay(Settling, cancellationToken);
        List<double> memory = [];
        List<double> load = [];
        for (var window = 0; window < Windows; window++)
        {
            var (start, used) = (Stopwatch.GetTimestamp(), host.ProcessorTime());
            await Task.Delay(Window, cancellationToken);
            load.Add(100 * (host.ProcessorTime() - used) / Stopwatch.GetElapsedTime(start));
            memory.Add(host.ResidentMegabytes());
        }

        memory.Sort();
        load.Sort();
        return
        [
            Row.LessIsBetter("host.idle memory", memory[Windows / 2], "MB", Windows),
            Row.LessIsBetter("host.idle processor", load[Windows / 2], "% of a core", Windows),
        ];
    }
}
