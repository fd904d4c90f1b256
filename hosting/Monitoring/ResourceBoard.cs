using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Maskwright.Hosting;

/// <summary>The latest snapshot of every resource, for any number of watchers. Safe to use from several threads.</summary>
public sealed class ResourceBoard
{
    private readonly Lock _lock = new();
    private ImmutableList<ResourceSnapshot> _current = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>All resources now, in the order they were added.</summary>
    public IReadOnlyList<ResourceSnapshot> Current
    {
        get
        {
            lock (_lock)
                return _current;
        }
    }

    /// <summary>The snapshot of one resource or replica, or null.</summary>
    /// <param name="name">Its <see cref="ResourceSnapshot.Name"/>.</param>
    public ResourceSnapshot? Find(string name) => Current.FirstOrDefault(snapshot => snapshot.Name == name);

    /// <summary>
    /// All resources now, and all of them again after every change. Changes that come faster than they are read are seen as
    /// one, so a slow watcher always gets the latest and never a backlog.
    /// </summary>
    /// <param name="cancellationToken">Ends the watch, with <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<IReadOnlyList<ResourceSnapshot>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            IReadOnlyList<ResourceSnapshot> current;
            Task changed;
            lock (_lock)
            {
                current = _current;
                changed = _changed.Task;
            }

            yield return current;
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Adds a resource.</summary>
    /// <param name="snapshot">Its first snapshot.</param>
    public void Add(ResourceSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        lock (_lock)
            Publish(_current.Add(snapshot));
    }

    /// <summary>Replaces a resource's snapshot.</summary>
    /// <param name="name">Its <see cref="ResourceSnapshot.Name"/>.</param>
    /// <param name="change">Makes the new snapshot from the present one; called under the board's lock, so it must be quick. Returning the same instance changes nothing.</param>
    /// <exception cref="KeyNotFoundException">There is no such resource.</exception>
    public void Update(string name, Func<ResourceSnapshot, ResourceSnapshot> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_lock)
        {
            var index = _current.FindIndex(snapshot => snapshot.Name == name);
            if (index < 0)
                throw new KeyNotFoundException($"There is no resource '{name}'.");
            var old = _current[index];
            var changed = change(old);
            if (!ReferenceEquals(old, changed))
                Publish(_current.SetItem(index, changed with { Version = old.Version + 1 }));
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Publish(ImmutableList<ResourceSnapshot> next)
    {
        _current = next;
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
    }
}
