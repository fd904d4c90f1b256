namespace Maskwright.Benchmarks.Host;

/// <summary>How long it takes from the command until every service is healthy.</summary>
internal static class StartupBenchmark
{
    private const int Runs = 5;

    public static Benchmark Benchmark { get; } = new(
        "host.startup", "seconds from dotnet run --no-build --project AppHost until all resources are healthy, on an empty data folder", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        List<double> seconds = [];
        for (var run = 0; run < Runs; run++)
        {
            await using var host = await RunningAppHost.StartAsync(cancellationToken);
            seconds.Add(host.Startup.TotalSeconds);
        }

        seconds.Sort();
        return [Row.LessIsBetter("host.startup", seconds[Runs / 2], "s", Runs)];
    }
}
