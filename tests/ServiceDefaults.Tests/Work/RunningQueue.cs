using Google.Protobuf;
using Maskwright.Artifacts;
using Maskwright.Work.V1;
using Microsoft.Extensions.Time.Testing;

namespace Maskwright.ServiceDefaults.Tests;

/// <summary>A queue of datasets over real storage, as a service runs it; another one over the same storage is a restart.</summary>
internal sealed class RunningQueue : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 24, 10, 11, 12, TimeSpan.Zero);

    private RunningQueue(ObjectStorage storage, WorkHandler<DatasetResource> handler, FakeTimeProvider time, int concurrency)
    {
        (Storage, Time) = (storage, time);
        var options = new WorkQueueOptions
        {
            Collection = "datasets", Prefix = "datasets", IdPrefix = "ds", Manifest = "manifest.json", Concurrency = concurrency,
        };
        Queue = new WorkQueue<DatasetResource>(options, storage, handler, time, Log.CreateLogger<WorkQueue<DatasetResource>>(), Stopping.Token);
    }

    public WorkQueue<DatasetResource> Queue { get; }

    /// <summary>Cancelled when the host begins to stop.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    public RecordedLog Log { get; } = new();

    public ObjectStorage Storage { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>A queue that is reading its records, or trying to.</summary>
    public static async Task<RunningQueue> StartAsync(
        ObjectStorage storage, WorkHandler<DatasetResource> handler, FakeTimeProvider? time = null, int concurrency = 1)
    {
        var running = new RunningQueue(storage, handler, time ?? new FakeTimeProvider(Start), concurrency);
        await running.Queue.StartAsync(TestContext.Current.CancellationToken);
        return running;
    }

    /// <summary>A queue that takes calls.</summary>
    public static async Task<RunningQueue> OpenAsync(
        ObjectStorage storage, WorkHandler<DatasetResource> handler, FakeTimeProvider? time = null, int concurrency = 1)
    {
        var running = await StartAsync(storage, handler, time, concurrency);
        await running.Log.WaitForAsync("records of datasets read");
        return running;
    }

    /// <summary>Creates a dataset a second after the one before.</summary>
    public Task<DatasetResource> CreateAsync(string id = "", string requestId = "")
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return Queue.CreateAsync(new DatasetResource(), id, requestId, TestContext.Current.CancellationToken).OrFailAsync();
    }

    /// <summary>All events of a dataset until it has ended.</summary>
    public Task<List<(Event Event, DatasetResource Resource)>> WatchToEndAsync(string name, long after = 0) =>
        Queue.WatchAsync(name, after, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken).AsTask().OrFailAsync();

    /// <summary>The dataset once it has ended.</summary>
    public async Task<DatasetResource> EndOfAsync(string name) => (await WatchToEndAsync(name))[^1].Resource;

    /// <summary>The dataset as storage has it.</summary>
    public async Task<DatasetResource> StoredAsync(string id)
    {
        byte[] json = await Storage.GetAsync($"datasets/{id}/state.json", TestContext.Current.CancellationToken);
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return new JsonParser(JsonParser.Settings.Default.WithTypeRegistry(RpcErrors.DetailTypes))
            .Parse<DatasetResource>(document.RootElement.GetProperty("resource").GetRawText());
    }

    public async ValueTask DisposeAsync()
    {
        // Ends once every worker has left its work and recorded what there was to record.
        await Queue.StopAsync(TestContext.Current.CancellationToken).OrFailAsync();
        Queue.Dispose();
        Stopping.Dispose();
    }
}
