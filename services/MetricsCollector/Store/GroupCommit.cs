using System.Data.Common;
using System.Diagnostics;
using System.Threading.Channels;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Writes batches in groups: those that arrive while one group is being written form the next, and one transaction and one
/// sync of the disk serve all of a group. Points of one series in several batches of a group are written at once.
/// </summary>
internal sealed class GroupCommit : IAsyncDisposable
{
    // Bounds what waits in memory, at 10,000 points a batch, to some 30 MB.
    private const int MaxBatches = 64;

    private readonly IMetricsDatabase _database;
    private readonly Action<IReadOnlyList<PointBatch>> _kept;
    private readonly Channel<Pending> _pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(MaxBatches) { SingleReader = true });
    private readonly Task _loop;

    /// <param name="database">Where to.</param>
    /// <param name="kept">Told of batches once they are on disk, in their order.</param>
    public GroupCommit(IMetricsDatabase database, Action<IReadOnlyList<PointBatch>> kept)
    {
        _database = database;
        _kept = kept;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>
    /// Takes a batch in its turn. The inner task ends when the batch is on disk (true) or was skipped as a replay (false).
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="after">
    /// The batch that its client sent before; when that one fails, this one fails too, so that a later repetition of both is
    /// no replay.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting for a place.</param>
    public async Task<Task<bool>> EnqueueAsync(PointBatch batch, Task<bool>? after, CancellationToken cancellationToken)
    {
        var pending = new Pending(batch, after);
        await _pending.Writer.WriteAsync(pending, cancellationToken);
        return pending.Done.Task;
    }

    /// <summary>Writes what waits, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _pending.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        var group = new List<Pending>(MaxBatches);
        while (await _pending.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < MaxBatches && _pending.Reader.TryRead(out var next))
                group.Add(next);
            await WriteAsync(group);
        }
    }

    private async Task WriteAsync(List<Pending> group)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await _database.WriteAsync(connection => WriteAsync(connection, group), CancellationToken.None);
        }
        catch (Exception error)
        {
            // The transaction as a whole failed: nothing of it was kept. Whoever sent a batch is told why.
            CollectorMeter.Failed();
            foreach (var pending in group)
                pending.Done.TrySetException(error);
            return;
        }

        var batches = group.Where(pending => pending.IsKept).Select(pending => pending.Batch).ToList();
        CollectorMeter.Kept(batches, group.Count(pending => pending.IsReplay), Stopwatch.GetElapsedTime(started));
        _kept(batches);
        foreach (var pending in group)
        {
            if (pending.Error is { } error)
                pending.Done.SetException(error);
            else
                pending.Done.SetResult(pending.IsKept);
        }
    }

    private static async Task<bool> WriteAsync(DbConnection connection, List<Pending> group)
    {
        await using var writer = new SeriesWriter(connection);
        var plan = new GroupPlan(connection, writer);
        foreach (var pending in group)
        {
            pending.Error = pending.After is { IsFaulted: true, Exception.InnerException: { } before }
                ? before
                : group.Find(other => other.Done.Task == pending.After)?.Error;
            if (pending.Error is not null)
                continue;
            try
            {
                pending.IsKept = await plan.AddAsync(pending.Batch);
                pending.IsReplay = !pending.IsKept;
            }
            catch (Exception error) when (error is RunNotFoundException or MetricsConflictException)
            {
                pending.Error = error;
            }
        }

        await plan.WriteAsync();
        return true;
    }

    private sealed class Pending(PointBatch batch, Task<bool>? after)
    {
        public PointBatch Batch { get; } = batch;

        public Task<bool>? After { get; } = after;

        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsKept { get; set; }

        public bool IsReplay { get; set; }

        public Exception? Error { get; set; }
    }
}
