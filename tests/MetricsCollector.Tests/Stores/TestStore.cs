using Microsoft.Extensions.Time.Testing;

namespace Maskwright.MetricsCollector.Tests;

/// <summary>A store of its own, gone at the end.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly string? _postgres;

    private TestStore(string? postgres) => _postgres = postgres;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));

    /// <summary>A folder for this store alone.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("maskwright-metrics-").FullName;

    /// <summary>The SQLite file, where that is what the store is kept in.</summary>
    public string Path => System.IO.Path.Combine(Folder, "new", "metrics.db");

    public MetricsStore Store { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<TestStore> OpenAsync(StoreKind kind = StoreKind.Sqlite)
    {
        var postgres = kind == StoreKind.Postgres
            ? await (await TestContext.Current.GetFixture<PostgresServer>())!.CreateSchemaAsync()
            : null;
        var test = new TestStore(postgres);
        test.Store = await test.ConnectAsync();
        return test;
    }

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await ConnectAsync();
    }

    public Task<StoredRun> CreateRunAsync(string id = "run-1") => Store.CreateRunAsync(new NewRun { Id = id }, Cancel);

    public async Task<StoredRun> RunAsync(string id = "run-1") => (await Store.FindRunAsync(id, Cancel))!;

    /// <summary>Sends points of one metric as one batch, steps counted from 0.</summary>
    public Task<bool> AppendAsync(long sequence, string metric, params IReadOnlyList<double> values) =>
        AppendAsync(sequence, [.. values.Select((value, step) => Point(metric, step, value))]);

    public Task<bool> AppendAsync(long sequence, params IReadOnlyList<StoredPoint> points) =>
        Store.AppendAsync(new PointBatch("run-1", "client", sequence, points), Cancel);

    public StoredPoint Point(string metric, long step, double value) => new(metric, step, (int)(step % 1000) + 1, Time.GetUtcNow(), value);

    public async Task<IReadOnlyList<StoredPoint>> PointsAsync(string metric, int maxPoints = 0, StepRange? range = null) =>
        (await Store.QueryAsync("run-1", [metric], maxPoints, range ?? StepRange.All, Cancel))[0].Points;

    public async Task<IReadOnlyList<double>> ValuesAsync(string metric) => [.. (await PointsAsync(metric)).Select(point => point.Value)];

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private Task<MetricsStore> ConnectAsync() => _postgres is null
        ? MetricsStore.OpenSqliteAsync(Path, Time)
        : MetricsStore.OpenPostgresAsync(_postgres, Time);
}
