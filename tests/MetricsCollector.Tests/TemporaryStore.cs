using Microsoft.Extensions.Time.Testing;

namespace Maskwright.MetricsCollector.Tests;

/// <summary>A store in a folder of its own, deleted at the end.</summary>
internal sealed class TemporaryStore : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maskwright-metrics-").FullName;

    public TemporaryStore() => Store = MetricsStore.Open(Path, Time);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));

    public string Path => System.IO.Path.Combine(_folder, "new", "metrics.db");

    public MetricsStore Store { get; private set; }

    public void Reopen()
    {
        Store.Dispose();
        Store = MetricsStore.Open(Path, Time);
    }

    public Task<StoredRun> CreateRunAsync(string id = "run-1") =>
        Store.CreateRunAsync(new NewRun { Id = id }, TestContext.Current.CancellationToken);

    /// <summary>Sends points of one metric as one batch, steps counted from 0.</summary>
    public Task<bool> AppendAsync(long sequence, string metric, params IReadOnlyList<double> values) => Store.AppendAsync(
        new PointBatch("run-1", "client", sequence, [.. values.Select((value, step) => Point(metric, step, value))]),
        TestContext.Current.CancellationToken);

    public StoredPoint Point(string metric, long step, double value) => new(metric, step, (int)step + 1, Time.GetUtcNow(), value);

    public IReadOnlyList<double> Values(string metric, int maxPoints = 0) =>
        [.. Store.Query("run-1", [metric], maxPoints)[0].Points.Select(point => point.Value)];

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
