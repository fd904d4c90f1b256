using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Maskwright.Work.V1;

namespace Maskwright.ServiceDefaults;

/// <summary>
/// One resource in memory: its present form, and its last events for those who watch. Every form handed out is a value
/// of its own that nobody changes any more.
/// </summary>
internal sealed class WorkItem<T>(T resource, string requestId, string? traceParent, TimeProvider time, Action<EventKind, T> changed)
    where T : class, IWorkResource, IMessage<T>, IDeepCloneable<T>
{
    private const int EventsKept = 512;

    private readonly Lock _lock = new();
    private readonly Queue<(Event Event, T Resource)> _events = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _resource = resource;
    private bool _deleted;

    // Starting at the time keeps sequences growing across restarts without storing them.
    private long _sequence = time.GetUtcNow().ToUnixTimeMilliseconds();

    public string RequestId { get; } = requestId;

    public string? TraceParent { get; } = traceParent;

    /// <summary>Cancelled when a caller wants the work to stop.</summary>
    public CancellationTokenSource Cancellation { get; private set; } = new();

    public T Resource
    {
        get
        {
            lock (_lock)
                return _resource;
        }
    }

    /// <summary>Held while its state document is written or deleted, so that documents land in the order of what they hold.</summary>
    public SemaphoreSlim Storing { get; } = new(1, 1);

    public bool IsDeleted
    {
        get
        {
            lock (_lock)
                return _deleted;
        }
    }

    public T Update(EventKind kind, string message, Action<T> change)
    {
        lock (_lock)
            return Apply(kind, message, change);
    }

    /// <summary>Changes the resource only where it stands in <paramref name="expected"/>; null, and no change, where it does not.</summary>
    public T? TryUpdate(State expected, EventKind kind, string message, Action<T> change)
    {
        lock (_lock)
            return _resource.State == expected ? Apply(kind, message, change) : null;
    }

    /// <summary>Takes a change back, where the resource still stands in <paramref name="expected"/>.</summary>
    public void Restore(State expected, T former)
    {
        lock (_lock)
        {
            if (_resource.State == expected)
                Take(EventKind.State, string.Empty, former);
        }
    }

    /// <summary>Forgets that the work was to stop, for it is to be done after all.</summary>
    public void Renew() => Cancellation = new CancellationTokenSource();

    /// <summary>Hands the present form on before any later one is told.</summary>
    public void Read(Action<T> read)
    {
        lock (_lock)
            read(_resource);
    }

    public void MarkDeleted()
    {
        lock (_lock)
        {
            _deleted = true;
            Pulse();
        }
    }

    /// <summary>
    /// The events after <paramref name="after"/>, or a snapshot where they are no longer all there, and a task that ends
    /// with the next change; null once there is nothing more to come.
    /// </summary>
    public (IReadOnlyList<(Event Event, T Resource)> Events, Task? Changed) EventsAfter(long after)
    {
        lock (_lock)
        {
            bool ended = _deleted || WorkStates.IsTerminal(_resource.State);
            long oldestKnown = _events.TryPeek(out var oldest) ? oldest.Event.Sequence - 1 : _sequence;
            IReadOnlyList<(Event, T)> events = after >= oldestKnown && after <= _sequence
                ? [.. _events.Where(entry => entry.Event.Sequence > after)]
                : [(NewEvent(EventKind.Snapshot, string.Empty, _sequence), _resource)];
            return (events, ended ? null : _changed.Task);
        }
    }

    private T Apply(EventKind kind, string message, Action<T> change)
    {
        T next = _resource.Clone();
        change(next);
        return Take(kind, message, next);
    }

    private T Take(EventKind kind, string message, T next)
    {
        _resource = next;
        _events.Enqueue((NewEvent(kind, message, ++_sequence), next));
        if (_events.Count > EventsKept)
            _events.Dequeue();
        Pulse();
        changed(kind, next);
        return next;
    }

    private Event NewEvent(EventKind kind, string message, long sequence) => new()
    {
        Sequence = sequence,
        Time = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
        Kind = kind,
        Message = message,
    };

    private void Pulse()
    {
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Facts about <see cref="State"/>.</summary>
public static class WorkStates
{
    /// <summary>Whether work in that state has ended.</summary>
    public static bool IsTerminal(State state) => state is State.Succeeded or State.Failed or State.Cancelled;
}
