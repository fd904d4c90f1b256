using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>How a resource ended.</summary>
/// <param name="ExitCode">Exit code of its process; null when it never had one.</param>
/// <param name="Failure">Why it counts as failed, or null.</param>
internal sealed record ResourceEnd(int? ExitCode, string? Failure);

/// <summary>One resource in one run of the application. Each milestone carries null, or the reason why it was not reached.</summary>
internal sealed class ResourceRun(IResource resource)
{
    private const int KeptLines = 10;

    private readonly TaskCompletionSource<string?> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string?> _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ResourceEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _lastLines = new();
    private readonly Lock _lock = new();
    private ChildProcess? _child;
    private bool _stopping;

    public IResource Resource { get; } = resource;

    public string Name => Resource.Name;

    /// <summary>Whether there is a process to start at all.</summary>
    public bool IsProcess => Resource is ProjectResource or ExecutableResource;

    public bool IsExplicitStart => Resource.Annotations.OfType<ExplicitStartupAnnotation>().Any();

    public Task<string?> Started => _started.Task;

    public Task<string?> Healthy => _healthy.Task;

    public Task<ResourceEnd> Ended => _ended.Task;

    public string State
    {
        get
        {
            if (Ended.IsCompletedSuccessfully)
                return Ended.Result is { Failure: not null } ? "failed" : "finished";
            if (Healthy.IsCompletedSuccessfully)
                return Healthy.Result is null ? "running" : "unhealthy";
            return Started.IsCompleted ? "starting" : "waiting";
        }
    }

    /// <summary>Starts the process, unless the application is being stopped.</summary>
    public ChildProcess? TryStart(Func<ChildProcess> start)
    {
        lock (_lock)
        {
            if (_stopping)
                return null;
            return _child = start();
        }
    }

    /// <summary>Lets no process be started any more.</summary>
    /// <returns>The process that was, or null.</returns>
    public ChildProcess? BeginStop()
    {
        lock (_lock)
        {
            _stopping = true;
            return _child;
        }
    }

    public void SetStarted() => _started.TrySetResult(null);

    public void SetHealthy(string? failure) => _healthy.TrySetResult(failure);

    /// <summary>Records the end; milestones not reached before are missed for the same reason.</summary>
    public void SetEnded(ResourceEnd end)
    {
        var missed = end.Failure ?? "it has ended";
        _ended.TrySetResult(end);
        _started.TrySetResult(missed);
        _healthy.TrySetResult(missed);
    }

    public void Remember(string line)
    {
        lock (_lastLines)
        {
            if (_lastLines.Count == KeptLines)
                _lastLines.Dequeue();
            _lastLines.Enqueue(line);
        }
    }

    public IReadOnlyList<string> LastLines()
    {
        lock (_lastLines)
            return [.. _lastLines];
    }
}
