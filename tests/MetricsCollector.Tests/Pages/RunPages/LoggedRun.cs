using Google.Protobuf.WellKnownTypes;
using Maskwright.Metrics.V1;

namespace Maskwright.MetricsCollector.Tests.Pages.RunPages;

/// <summary>A run that a test logs through the collector's own contract.</summary>
internal sealed class LoggedRun(MetricsService.MetricsServiceClient client, string id)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private long _sequence;

    public string Name => $"runs/{id}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<LoggedRun> StartAsync(CollectorHost host, string id, Run? run = null)
    {
        await host.Client.CreateRunAsync(new CreateRunRequest { RunId = id, Run = run ?? new Run() }, cancellationToken: Cancellation);
        return new LoggedRun(host.Client, id);
    }

    /// <summary>Logs a value for each step from <paramref name="first"/> on, a second apart.</summary>
    public Task LogAsync(string metric, long first, params IEnumerable<double> values) => LogAsync(values.Select((value, i) => Point(metric, first + i, value)));

    /// <summary>Logs points, 10,000 a batch.</summary>
    public async Task LogAsync(IEnumerable<Point> points)
    {
        using var call = client.LogMetrics(cancellationToken: Cancellation);
        foreach (var batch in points.Chunk(10_000))
            await call.RequestStream.WriteAsync(new LogMetricsRequest { Run = Name, ClientId = "test", Sequence = ++_sequence, Points = { batch } }, Cancellation);
        await call.RequestStream.CompleteAsync();
        await call.ResponseAsync;
    }

    /// <summary>A point at a second of the run; its step's where none is given.</summary>
    public static Point Point(string metric, long step, double value, int epoch = 0, long? second = null) =>
        new() { Metric = metric, Step = step, Epoch = epoch, Value = value, Time = Timestamp.FromDateTimeOffset(Start.AddSeconds(second ?? step)) };
}
