using System.Threading.Channels;

namespace Maskwright.MetricsCollector;

/// <summary>Tells whoever follows a run of its points and changes once they are on disk.</summary>
internal sealed class RunFeed
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<RunSubscription>> _subscriptions = new(StringComparer.Ordinal);
    private long _version;

    /// <summary>Grows with whatever is told of any run.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Begins to follow a run, until the subscription is disposed of.</summary>
    public RunSubscription Subscribe(string run)
    {
        var subscription = new RunSubscription(this, run);
        lock (_lock)
        {
            if (!_subscriptions.TryGetValue(run, out var followers))
                _subscriptions.Add(run, followers = []);
            followers.Add(subscription);
        }

        return subscription;
    }

    /// <summary>Tells of batches.</summary>
    public void Publish(IReadOnlyList<PointBatch> batches)
    {
        foreach (var batch in batches)
            Publish(batch.RunId, new RunChange { Points = batch.Points });
    }

    /// <summary>Tells that a run has changed.</summary>
    public void Publish(StoredRun run) => Publish(run.Registration.Id, new RunChange { Run = run });

    /// <summary>Tells that a run has more images or lines of text.</summary>
    public void PublishMore(string run, bool images = false, bool events = false) =>
        Publish(run, new RunChange { HasImages = images, HasEvents = events });

    /// <summary>Tells that a run is no more.</summary>
    public void Delete(string run) => Publish(run, new RunChange { IsDeleted = true });

    internal void Remove(RunSubscription subscription)
    {
        lock (_lock)
        {
            if (_subscriptions.TryGetValue(subscription.Run, out var followers) && followers.Remove(subscription) && followers.Count == 0)
                _subscriptions.Remove(subscription.Run);
        }
    }

    private void Publish(string run, RunChange change)
    {
        Interlocked.Increment(ref _version);
        lock (_lock)
        {
            foreach (var follower in _subscriptions.GetValueOrDefault(run, []))
                follower.Tell(change);
        }
    }
}

/// <summary>One of the things that can happen to a run.</summary>
internal sealed record RunChange
{
    /// <summary>Points that were kept.</summary>
    public IReadOnlyList<StoredPoint> Points { get; init; } = [];

    /// <summary>The run, where it has changed.</summary>
    public StoredRun? Run { get; init; }

    /// <summary>Whether images were kept.</summary>
    public bool HasImages { get; init; }

    /// <summary>Whether lines of text were kept.</summary>
    public bool HasEvents { get; init; }

    /// <summary>Whether it was deleted.</summary>
    public bool IsDeleted { get; init; }
}

/// <summary>What one follower of a run has not read yet. A follower that falls far behind loses points, and is told so.</summary>
internal sealed class RunSubscription(RunFeed feed, string run) : IDisposable
{
    private const int MaxWaitingPoints = 100_000;

    private readonly Channel<RunChange> _changes = Channel.CreateUnbounded<RunChange>();
    private int _waiting;
    private int _lagged;

    /// <summary>The run.</summary>
    public string Run { get; } = run;

    /// <summary>Waits for what happens next.</summary>
    public async ValueTask<(RunChange Change, bool Lagged)> NextAsync(CancellationToken cancellationToken)
    {
        var change = await _changes.Reader.ReadAsync(cancellationToken);
        return (change, Taken(change));
    }

    /// <summary>What has happened and was not read yet, without waiting.</summary>
    public IEnumerable<(RunChange Change, bool Lagged)> Waiting()
    {
        while (_changes.Reader.TryRead(out var change))
            yield return (change, Taken(change));
    }

    /// <inheritdoc/>
    public void Dispose() => feed.Remove(this);

    internal void Tell(RunChange change)
    {
        if (Volatile.Read(ref _waiting) + change.Points.Count > MaxWaitingPoints)
        {
            Volatile.Write(ref _lagged, 1);
            return;
        }

        Interlocked.Add(ref _waiting, change.Points.Count);
        _changes.Writer.TryWrite(change);
    }

    private bool Taken(RunChange change)
    {
        Interlocked.Add(ref _waiting, -change.Points.Count);
        return Interlocked.Exchange(ref _lagged, 0) == 1;
    }
}
