using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Maskwright.Artifacts;
using Maskwright.Work.V1;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Maskwright.ServiceDefaults;

/// <summary>Does the work of one resource. Returning means SUCCEEDED, throwing means FAILED with that reason.</summary>
public delegate Task WorkHandler<T>(WorkContext<T> work, CancellationToken cancellationToken)
    where T : class, IWorkResource, IMessage<T>, IDeepCloneable<T>;

/// <summary>Where a kind of work lives and how much of it runs at once.</summary>
public sealed record WorkQueueOptions
{
    /// <summary>Collection of the resource names, for instance <c>trainingRuns</c>.</summary>
    public required string Collection { get; init; }

    /// <summary>Key prefix in object storage without a slash, for instance <c>runs</c>. Each resource owns <c>{prefix}/{id}/</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>First letters of ids that the service chooses.</summary>
    public required string IdPrefix { get; init; }

    /// <summary>File name of the manifest below <c>{prefix}/{id}/</c>, the commit point; deletion removes it first.</summary>
    public required string Manifest { get; init; }

    /// <summary>How many run at once, at least 1.</summary>
    public int Concurrency { get; init; } = 1;
}

/// <summary>
/// The life of datasets, training runs and evaluations: recorded in object storage before their creation is answered, worked
/// on in order, watched, cancelled, taken up again after a restart. The life of the work never hangs on the life of a call.
/// </summary>
/// <typeparam name="T">The resource.</typeparam>
public sealed partial class WorkQueue<T> : BackgroundService
    where T : class, IWorkResource, IMessage<T>, IDeepCloneable<T>, new()
{
    private const int MaxPageSize = 1000;
    private const int DefaultPageSize = 50;
    private const int MaxRequestIdLength = 64;
    private static readonly TimeSpan LoadRetry = TimeSpan.FromSeconds(2);
    private static readonly ActivitySource Activities = WorkTelemetry.Activities;

    private readonly WorkQueueOptions _options;
    private readonly ObjectStorage _storage;
    private readonly WorkHandler<T> _handler;
    private readonly TimeProvider _time;
    private readonly ILogger<WorkQueue<T>> _logger;
    private readonly CancellationToken _stopping;
    private readonly ConcurrentDictionary<string, WorkItem<T>> _items = new(StringComparer.Ordinal);
    private readonly Channel<string> _queue = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<Channel<T>, bool> _subscribers = new();
    private readonly SemaphoreSlim _creation = new(1, 1);
    private volatile Google.Rpc.Status? _notLoaded;

    /// <summary>Creates the queue; it starts with the host.</summary>
    /// <param name="options">Where its work lives.</param>
    /// <param name="storage">Where it is recorded.</param>
    /// <param name="handler">Does the work.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Takes what happens.</param>
    /// <param name="stopping">Ends whoever watches, so that the server need not wait for them when it stops.</param>
    public WorkQueue(
        WorkQueueOptions options, ObjectStorage storage, WorkHandler<T> handler, TimeProvider time, ILogger<WorkQueue<T>> logger, CancellationToken stopping)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Concurrency, 1);
        (_options, _storage, _handler, _time, _logger, _stopping) = (options, storage, handler, time, logger, stopping);
        _notLoaded = RpcErrors.ToStatus(RpcErrors.Unavailable(
            "STORAGE_UNREACHABLE",
            $"The service is starting; its records are being read from object storage at {storage.Options.Endpoint}. Try again in a moment."));
    }

    /// <summary>Records a resource and queues its work.</summary>
    /// <param name="resource">The resource with what its caller may set; validated already.</param>
    /// <param name="id">The id wanted; empty lets the queue choose.</param>
    /// <param name="requestId">Makes a repeated creation return the first; empty for none.</param>
    /// <param name="cancellationToken">Gives the creation up while it waits for others; once it is being recorded it is carried out.</param>
    /// <param name="isSame">Says of a resource that its work is the very same; the newest such one is returned instead of a new one.</param>
    /// <exception cref="Grpc.Core.RpcException">The id or request id is bad or taken, or storage can't be reached.</exception>
    public async Task<T> CreateAsync(T resource, string id, string requestId, CancellationToken cancellationToken, Func<T, bool>? isSame = null)
    {
        EnsureLoaded();
        if (id.Length > 0)
            ResourceId.Check(id, "id");
        if (requestId.Length > MaxRequestIdLength)
            throw RpcErrors.InvalidArgument("request_id", $"it has {requestId.Length} characters; at most {MaxRequestIdLength} are taken.");

        await _creation.WaitAsync(cancellationToken);
        try
        {
            if (requestId.Length > 0 && _items.Values.FirstOrDefault(item => string.Equals(item.RequestId, requestId, StringComparison.Ordinal)) is { } first)
                return first.Resource;
            if (isSame is not null && _items.Values.Select(item => item.Resource).Where(isSame).MaxBy(same => same.CreateTime.ToDateTime()) is { } same)
                return same;
            if (id.Length == 0)
                id = ResourceId.Create(_options.IdPrefix, _time.GetUtcNow());
            string name = $"{_options.Collection}/{id}";
            if (_items.ContainsKey(id))
                throw RpcErrors.AlreadyExists(name);

            T created = resource.Clone();
            created.Name = name;
            created.State = State.Queued;
            created.CreateTime = Now();
            created.ProgramVersion = ServiceDefaultsExtensions.ProgramVersion;
            var item = new WorkItem<T>(created, requestId, Activity.Current?.Id, _time, Publish);
            // A caller that goes away now must not leave a record that nobody works on.
            await SaveAsync(id, item, CancellationToken.None);
            _items[id] = item;
            item.Read(form => Publish(EventKind.State, form));
            LogQueued(name);
            Enqueue(id);
            return created;
        }
        finally
        {
            _creation.Release();
        }
    }

    /// <summary>The resource of that name.</summary>
    /// <exception cref="Grpc.Core.RpcException">There is none, or the name is malformed.</exception>
    public T Get(string name, string field = "name") => Find(name, field).Item.Resource;

    /// <summary>One page, newest first.</summary>
    /// <param name="pageSize">0 means 50; at most 1,000.</param>
    /// <param name="pageToken">Empty for the first page.</param>
    public (IReadOnlyList<T> Page, string NextPageToken) List(int pageSize, string pageToken)
    {
        EnsureLoaded();
        if (pageSize < 0)
            throw RpcErrors.InvalidArgument("page_size", $"{pageSize} is below 0.");
        int size = Math.Min(pageSize == 0 ? DefaultPageSize : pageSize, MaxPageSize);
        var ordered = _items.Values.Select(item => item.Resource)
            .OrderByDescending(resource => resource.CreateTime.ToDateTime())
            .ThenBy(resource => resource.Name, StringComparer.Ordinal)
            .ToList();
        int start = pageToken.Length == 0 ? 0 : ordered.FindIndex(resource => string.Equals(resource.Name, pageToken, StringComparison.Ordinal));
        if (start < 0)
            throw RpcErrors.InvalidArgument("page_token", $"'{pageToken}' is not a token of this list, or what it stood for was deleted.");
        string next = start + size < ordered.Count ? ordered[start + size].Name : string.Empty;
        return (ordered.GetRange(start, Math.Min(size, ordered.Count - start)), next);
    }

    /// <summary>The events of a resource until it has ended; see <see cref="Event"/>.</summary>
    /// <exception cref="Grpc.Core.RpcException">There is no such resource, or the service stops (UNAVAILABLE).</exception>
    public async IAsyncEnumerable<(Event Event, T Resource)> WatchAsync(
        string name, long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (_, item) = Find(name, "name");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping);
        while (true)
        {
            var (events, changed) = item.EventsAfter(afterSequence);
            foreach (var entry in events)
            {
                yield return entry;
                afterSequence = entry.Event.Sequence;
            }

            if (changed is null)
                yield break;
            try
            {
                await changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw RpcErrors.Unavailable("SERVICE_STOPS", $"The service is being stopped. Watch {name} again once it is back, after sequence {afterSequence}.");
            }
        }
    }

    /// <summary>
    /// Every resource there is, then every one that is created or read at start, and each again after every change but those
    /// of progress. A form may come twice, but never after a newer one of its resource. Never ends by itself.
    /// </summary>
    public async IAsyncEnumerable<T> ChangesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changes = Channel.CreateUnbounded<T>();
        _subscribers[changes] = true;
        try
        {
            foreach (var item in _items.Values)
                item.Read(resource => changes.Writer.TryWrite(resource));
            await foreach (T resource in changes.Reader.ReadAllAsync(cancellationToken))
                yield return resource;
        }
        finally
        {
            _subscribers.TryRemove(changes, out _);
        }
    }

    /// <summary>Asks the work of a resource to stop. What has ended stays as it is.</summary>
    public async Task<T> CancelAsync(string name, CancellationToken cancellationToken)
    {
        var (id, item) = Find(name, "name");
        cancellationToken.ThrowIfCancellationRequested();
        if (!await TryEndAsync(id, item, State.Queued, State.Cancelled, null))
            await item.Cancellation.CancelAsync();
        return item.Resource;
    }

    /// <summary>Queues work that has failed or was cancelled once more; its handler goes on from what it finds stored.</summary>
    /// <param name="name">The resource.</param>
    /// <param name="change">What else changes with it.</param>
    /// <param name="cancellationToken">Gives it up before it is recorded.</param>
    /// <exception cref="Grpc.Core.RpcException">It has not ended, or has succeeded, or there is none, or storage can't be reached.</exception>
    public async Task<T> RequeueAsync(string name, Action<T> change, CancellationToken cancellationToken)
    {
        var (id, item) = Find(name, "name");
        cancellationToken.ThrowIfCancellationRequested();
        var ended = item.Resource;
        if (ended.State is not (State.Failed or State.Cancelled))
        {
            throw ended.State == State.Succeeded
                ? RpcErrors.FailedPrecondition("ALREADY_SUCCEEDED", $"'{name}' has succeeded: there is nothing left to do.")
                : RpcErrors.FailedPrecondition("STILL_RUNNING", $"'{name}' has not ended: it is worked on by itself.");
        }

        if (item.TryUpdate(ended.State, EventKind.State, "It is taken up again.", resource =>
            {
                item.Renew();
                change(resource);
                (resource.State, resource.StartTime, resource.EndTime, resource.Error) = (State.Queued, null, null, null);
            }) is not { } queued)
        {
            throw RpcErrors.FailedPrecondition("STILL_RUNNING", $"'{name}' was taken up again by another call.");
        }

        try
        {
            await SaveAsync(id, item, CancellationToken.None);
        }
        catch
        {
            // Not recorded, not queued: a repeated call finds it as it was.
            item.Restore(State.Queued, ended);
            throw;
        }

        LogQueued(name);
        Enqueue(id);
        return queued;
    }

    /// <summary>Deletes an ended resource: its manifest first, so that no half of it is ever visible, then its objects.</summary>
    /// <exception cref="Grpc.Core.RpcException">It has not ended, or there is none.</exception>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        var (id, item) = Find(name, "name");
        if (!WorkStates.IsTerminal(item.Resource.State))
            throw RpcErrors.FailedPrecondition("STILL_RUNNING", $"'{name}' has not ended. Cancel it first.");
        await item.Storing.WaitAsync(cancellationToken);
        try
        {
            if (item.IsDeleted)
                throw RpcErrors.NotFound(name);
            await _storage.DeleteAsync($"{_options.Prefix}/{id}/{_options.Manifest}", cancellationToken);
            await _storage.DeletePrefixAsync($"{_options.Prefix}/{id}/", cancellationToken);
            _items.TryRemove(id, out _);
            item.MarkDeleted();
        }
        finally
        {
            item.Storing.Release();
        }

        LogDeleted(name);
    }

    private void Publish(EventKind kind, T resource)
    {
        if (kind == EventKind.Progress)
            return;
        foreach (var subscriber in _subscribers.Keys)
            subscriber.Writer.TryWrite(resource);
    }

    // One at a time and always the present form: no older document overwrites a newer one, none outlives a deletion.
    private async Task SaveAsync(string id, WorkItem<T> item, CancellationToken cancellationToken)
    {
        await item.Storing.WaitAsync(cancellationToken);
        try
        {
            if (item.IsDeleted)
                return;
            await _storage.PutAsync(
                $"{_options.Prefix}/{id}/{StateDocument.FileName}",
                StateDocument.Serialize(item.Resource, item.RequestId, item.TraceParent),
                "application/json",
                cancellationToken);
        }
        finally
        {
            item.Storing.Release();
        }
    }

    private (string Id, WorkItem<T> Item) Find(string name, string field)
    {
        string id = ResourceId.FromName(_options.Collection, name, field);
        EnsureLoaded();
        return _items.TryGetValue(id, out var item) ? (id, item) : throw RpcErrors.NotFound(name);
    }

    private void EnsureLoaded()
    {
        if (_notLoaded is { } reason)
            throw reason.ToRpcException();
    }

    private Timestamp Now() => Timestamp.FromDateTimeOffset(_time.GetUtcNow());
}
